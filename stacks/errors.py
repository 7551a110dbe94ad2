"""The error for faults that the person who runs the synth can fix."""


class ConfigurationError(Exception):
    """A fault outside the code: a setting, the route list, a dependency.

    Its message is one line with the location and the fault; `app.py` prints only that.
    """
