"""The files of a folder as rows of their structs. Of a row with faults the rest is kept, so that it is checked too."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from ioc.catalogue.reading.faults import Faults, Tell
from ioc.catalogue.reading.plain import UNREADABLE, read_plain
from ioc.core.schema import faults_of

Row = TypeVar("Row", bound=Struct)


class Listed(Generic[Row]):
    """The rows of a list, and every name in it, those of faulty rows too: what is there is not called unknown."""

    def __init__(self, readable: bool = True) -> None:
        self.readable = readable
        self.rows: list[Row] = []
        self.names: set[str] = set()
        self.faulty: set[str] = set()

    def lacks(self, name: str) -> bool:
        """True when a name is unknown: never of a list that cannot be read, nor of a name that is a fault itself."""
        return self.readable and name != "" and name not in self.names


class Document:
    """What a file holds: None when it cannot be read, and its faults are told."""

    def __init__(self, found: dict[str, Any] | None, tell: Tell) -> None:
        self.found = found
        self.tell = tell

    def rows(self, name: str, kind: type[Row], key: str) -> Listed[Row]:
        """Return the rows of the list of that name, each named by its `key`."""
        found = self._list(name)
        listed = Listed[Row](found is not None)
        for index, one in enumerate(found or ()):
            self._add(listed, f"{name}[{index}]", one, kind, key)
        return listed

    def section(self, name: str, kind: type[Row]) -> Row | None:
        """Return the mapping of that name; None when there is none. Of one with faults the rest is kept."""
        one = (self.found or {}).get(name)
        if one is None:
            return None
        if not isinstance(one, dict):
            self.tell(name, "must be a mapping")
            return None
        try:
            return msgspec.convert(one, kind)
        except msgspec.ValidationError as error:
            self._explain(kind, one, name, error)
            return _left(kind, one, {})

    def _list(self, name: str) -> list[Any] | None:
        if self.found is None:
            return None
        if name not in self.found:
            self.tell(name, "missing")
            return None
        if not isinstance(self.found[name], list):
            self.tell(name, "must be a list")
            return None
        return cast(list[Any], self.found[name])

    def _add(self, listed: Listed[Row], place: str, one: Any, kind: type[Row], key: str) -> None:
        if not isinstance(one, dict):
            self.tell(place, "must be a mapping")
            return
        named = one.get(key)
        name = named if isinstance(named, str) and named else place
        if name in listed.names:
            self.tell(place, f"'{name}' is there twice")
        listed.names.add(name)
        try:
            listed.rows.append(msgspec.convert(one, kind))
        except msgspec.ValidationError as error:
            listed.faulty.add(name)
            listed.rows.append(_left(kind, one, {key: name}))
            self._explain(kind, one, name, error)

    def _explain(self, kind: type[Struct], one: dict[str, Any], name: str, error: msgspec.ValidationError) -> None:
        faults = [(fault.field, fault.reason) for fault in faults_of(kind, one, own_words=True)]
        told = {field.partition(".")[0] for field, _ in faults}
        finer = [(field, reason) for field, reason in _refused(kind, one) if field not in told]
        for field, reason in [*faults, *finer] or [("", str(error))]:
            self.tell(f"{name}.{field}".rstrip("."), reason)


class Folder:
    """The files of a catalogue, and those read so far. `read` gives the bytes of one, or raises OSError."""

    def __init__(self, read: Callable[[str], bytes], faults: Faults) -> None:
        self.files: dict[str, bytes] = {}
        self._read = read
        self._faults = faults

    @property
    def edition(self) -> str:
        """What tells these files from any that differ: the beginning of a digest of their names and contents."""
        digest = sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{name}:{len(content)}:".encode() + content)
        return digest.hexdigest()[:16]

    def document(self, file: str, lists: Sequence[str], others: Sequence[str] = (), optional: bool = False) -> Document:
        """Return what a file holds, which is `lists` and may be `others`. An optional file that is missing is empty."""
        tell = self._faults.of(file)
        try:
            self.files[file] = self._read(file)
            found = read_plain(self.files[file], tell)
        except FileNotFoundError:
            if optional:
                return Document({name: [] for name in lists}, tell)
            tell("-", "the file is missing")
            return Document(None, tell)
        except OSError as error:
            tell("-", f"cannot be read: {error.strerror}")
            return Document(None, tell)
        return Document(_sections(found, (*lists, *others), tell), tell)


def _sections(found: Any, known: Sequence[str], tell: Tell) -> dict[str, Any] | None:
    if found is UNREADABLE:
        return None
    if found is None:
        tell("-", "the file is empty")
        return None
    if not isinstance(found, dict):
        tell("-", f"must be a mapping with {' and '.join(known)}")
        return None
    for name in found:
        if name not in known:
            tell(name, "unknown field")
    return found


def _refused(kind: type[Struct], one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields whose values do not fit, with the first reason of each: it can be finer than a schema's."""
    for field in fields(kind):
        if field.encode_name in one:
            try:
                msgspec.convert(one[field.encode_name], field.type)
            except msgspec.ValidationError as error:
                yield field.encode_name, str(error)


def _left(kind: type[Row], one: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """Return a row of `values`, of what is right in a mapping, and of blanks for what it needs and has not."""
    kept = dict(values)
    for field in fields(kind):
        if field.encode_name in one and field.name not in kept:
            kept |= _kept(field.name, field.type, one[field.encode_name])
        if field.required and field.name not in kept:
            kept[field.name] = _blank(field.type)
    return kind(**kept)


def _kept(name: str, kind: Any, found: Any) -> dict[str, Any]:
    """Return a value under its name when it fits; of a struct, or a list of them, what fits; else nothing."""
    try:
        return {name: msgspec.convert(found, kind)}
    except msgspec.ValidationError:
        of = next((one for one in get_args(kind) if isinstance(one, type) and issubclass(one, Struct)), None)
        if of is None or not isinstance(found, list if get_origin(kind) is tuple else dict):
            return {}
        if isinstance(found, dict):
            return {name: _left(of, found, {})}
        return {name: tuple(_left(of, one, {}) for one in found if isinstance(one, dict))}


def _blank(kind: Any) -> Any:
    """Return a value of a type that stands for one that was a fault: checks pass over it."""
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return next(iter(plain)) if issubclass(plain, Enum) else plain()
