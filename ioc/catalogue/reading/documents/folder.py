"""A folder of catalogue files, the documents in them, and the edition that the files make together."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from ioc.catalogue.reading.documents.errors import CatalogueErrors, ErrorReport
from ioc.catalogue.reading.documents.rows import Document
from ioc.catalogue.reading.documents.yaml_values import UNREADABLE, read_yaml


class CatalogueFolder:
    """The files of a catalogue; `files` have been read. `read` returns the bytes of a file, or raises OSError."""

    def __init__(self, read: Callable[[str], bytes], errors: CatalogueErrors) -> None:
        self.files: dict[str, bytes] = {}
        self._read = read
        self._errors = errors

    @property
    def edition(self) -> str:
        """The beginning of a digest of the files' names and contents: files that differ have another edition."""
        digest = sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{name}:{len(content)}:".encode() + content)
        return digest.hexdigest()[:16]

    def document(
        self, file: str, lists: Sequence[str], options: Sequence[str] = (), is_optional: bool = False
    ) -> Document:
        """Return the document in a file: it has `lists` and may have `options`. A missing optional file is empty."""
        report = self._errors.of_file(file)
        try:
            self.files[file] = self._read(file)
            value = read_yaml(self.files[file], report)
        except FileNotFoundError:
            if is_optional:
                return Document({name: [] for name in lists}, report)
            report("-", "the file is missing")
            return Document(None, report)
        except OSError as error:
            report("-", f"cannot be read: {error.strerror}")
            return Document(None, report)
        return Document(_sections(value, (*lists, *options), report), report)


def _sections(value: Any, names: Sequence[str], report: ErrorReport) -> dict[str, Any] | None:
    """Return the sections of a document; None, and an error reported, when it is no mapping."""
    if value is UNREADABLE:
        return None
    if value is None:
        report("-", "the file is empty")
        return None
    if not isinstance(value, dict):
        report("-", f"must be a mapping with {' and '.join(names)}")
        return None
    for name in value:
        if name not in names:
            report(name, "unknown field")
    return value
