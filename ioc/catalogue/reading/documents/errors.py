"""The errors of a catalogue, gathered from all its files before they are raised together."""

from collections.abc import Callable
from typing import TypeVar

ParsedT = TypeVar("ParsedT")


class CatalogueError(ValueError):
    """The catalogue cannot be used. `errors` lists everything wrong with it, each as `file: where: what`."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class CatalogueErrors:
    """All errors reported so far, in the order of their reports, each once."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def of_file(self, file: str) -> "ErrorReport":
        """Return the report of one file."""
        return ErrorReport(file, self._lines)

    def raise_if_any(self) -> None:
        """Raise CatalogueError with every error when there is one."""
        if self._lines:
            raise CatalogueError(list(self._lines))


class ErrorReport:
    """Reports the errors of one file."""

    def __init__(self, file: str, lines: dict[str, None]) -> None:
        self._file = file
        self._lines = lines

    def __call__(self, path: str, message: str) -> None:
        """Report an error in one line; `path` says where in the file it is."""
        line = " ".join(f"{self._file}: {path}: {message}".split())
        self._lines[line] = None

    def parse(self, path: str, parser: Callable[[str], ParsedT], text: str) -> ParsedT | None:
        """Return what a text stands for; None when `parser` raises ValueError, whose message is reported.

        An empty text replaces one that was wrong itself and has been reported already: it is passed over.
        """
        try:
            return parser(text) if text else None
        except ValueError as error:
            self(path, str(error))
            return None
