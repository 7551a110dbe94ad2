"""The one error that a person running the synth can cause."""


class ConfigurationError(Exception):
    """Something outside the code is wrong: a setting, the route list, a dependency.

    Its message is one line, says where and what, and is all that `app.py` prints.
    """
