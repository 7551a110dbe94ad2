"""The one error of this package."""


class LocalError(Exception):
    """Something a person has to do. The message is one line: what is wrong, then what to do."""
