"""What is wrong with a catalogue, gathered from all its files before any of it is told."""

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class CatalogueError(ValueError):
    """The catalogue cannot be used; `faults` lists everything wrong with it, each as `file: where: what`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.errors = faults


class Faults:
    """All faults found so far, in the order in which they were found, each once."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def of(self, file: str) -> "Tell":
        """Return what tells the faults of one file."""
        return Tell(file, self._found)

    def refuse_if_any(self) -> None:
        """Raise CatalogueError with every fault when there is one."""
        if self._found:
            raise CatalogueError(list(self._found))


class Tell:
    """Tells the faults of one file."""

    def __init__(self, file: str, found: dict[str, None]) -> None:
        self._file = file
        self._found = found

    def __call__(self, where: str, what: str) -> None:
        """Tell in one line that `what` is wrong, and where in the file."""
        line = " ".join(f"{self._file}: {where}: {what}".split())
        self._found[line] = None

    def read(self, where: str, parse: Callable[[str], Value], text: str) -> Value | None:
        """Return what a text stands for; None, and a fault told, when `parse` raises ValueError.

        An empty text stands for one that was a fault itself: that is told already.
        """
        try:
            return parse(text) if text else None
        except ValueError as error:
            self(where, str(error))
            return None
