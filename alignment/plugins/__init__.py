"""The judge in other people's stacks: one module for each, none of which needs torch.

Each imports the stack it is for, and nothing here imports another. docs/plugins.md says which line
to paste where.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(installing: str) -> Iterator[None]:
    """A block of imports: where one is not there, or of another version, the error says what brings it."""
    try:
        yield
    except ImportError as error:
        told = f"{error}; this plug-in needs {installing}"
        raise type(error)(told, name=error.name, path=error.path) from error
