"""The error of this package."""


class LocalError(Exception):
    """A fault that the user can fix. The message is one line: what is wrong, then what to do."""
