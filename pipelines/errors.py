"""The one error a person can mend by changing a command, a config or a file."""


class UsageError(Exception):
    """A wrong option, key, value or file; the command prints the message and exits with code 2."""
