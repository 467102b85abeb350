"""The lists and sections of a document as structs. Of a row with errors the rest is kept, so that it is checked too."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.core.schema import schema_errors

CatalogueRowT = TypeVar("CatalogueRowT", bound=Struct)


class NamedRows(Generic[CatalogueRowT]):
    """The rows of a list and all names in it. `faulty` are the names of rows with errors; they are not unknown."""

    def __init__(self, is_readable: bool = True) -> None:
        self.is_readable = is_readable
        self.rows: list[CatalogueRowT] = []
        self.names: set[str] = set()
        self.faulty: set[str] = set()

    def lacks(self, name: str) -> bool:
        """True when a name is unknown; False of a list that could not be read, and of a name that was wrong itself."""
        return self.is_readable and name != "" and name not in self.names


class Document:
    """The sections of a file; None when it could not be read, which has been reported."""

    def __init__(self, sections: dict[str, Any] | None, report: ErrorReport) -> None:
        self._sections = sections
        self.report = report

    def option(self, name: str, default: Any = None) -> Any:
        """Return the value of an option, whatever it is; the default when it is left out."""
        return (self._sections or {}).get(name, default)

    def rows(self, name: str, row_type: type[CatalogueRowT], key: str) -> NamedRows[CatalogueRowT]:
        """Return the rows of the list of that name; each row is named by its `key`."""
        items = self._list(name)
        named_rows = NamedRows[CatalogueRowT](items is not None)
        for index, item in enumerate(items or ()):
            self._add(named_rows, f"{name}[{index}]", item, row_type, key)
        return named_rows

    def section(self, name: str, row_type: type[CatalogueRowT]) -> CatalogueRowT | None:
        """Return the mapping of that name as a struct; None when there is none. Of one with errors the rest is kept."""
        section = self.option(name)
        if section is None:
            return None
        if not isinstance(section, dict):
            self.report(name, "must be a mapping")
            return None
        try:
            return msgspec.convert(section, row_type)
        except msgspec.ValidationError as error:
            self._explain(row_type, section, name, error)
            return _salvaged(row_type, section, {})

    def _list(self, name: str) -> list[Any] | None:
        if self._sections is None:
            return None
        if name not in self._sections:
            self.report(name, "missing")
            return None
        if not isinstance(self._sections[name], list):
            self.report(name, "must be a list")
            return None
        return cast(list[Any], self._sections[name])

    def _add(
        self, named_rows: NamedRows[CatalogueRowT], path: str, item: Any, row_type: type[CatalogueRowT], key: str
    ) -> None:
        if not isinstance(item, dict):
            self.report(path, "must be a mapping")
            return
        key_value = item.get(key)
        name = key_value if isinstance(key_value, str) and key_value else path
        if name in named_rows.names:
            self.report(path, f"'{name}' is there twice")
        named_rows.names.add(name)
        try:
            named_rows.rows.append(msgspec.convert(item, row_type))
        except msgspec.ValidationError as error:
            named_rows.faulty.add(name)
            named_rows.rows.append(_salvaged(row_type, item, {key: name}))
            self._explain(row_type, item, name, error)

    def _explain(
        self, row_type: type[Struct], item: Mapping[str, Any], name: str, error: msgspec.ValidationError
    ) -> None:
        """Report the errors by the schema, and those only conversion finds; without either, the error as raised."""
        errors = [(wrong.field, wrong.reason) for wrong in schema_errors(row_type, item, is_author=True)]
        reported = {field.partition(".")[0] for field, _ in errors}
        finer = [(field, reason) for field, reason in _conversion_errors(row_type, item) if field not in reported]
        for field, reason in [*errors, *finer] or [("", str(error))]:
            self.report(f"{name}.{field}".rstrip("."), reason)


def _conversion_errors(row_type: type[Struct], item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields whose values do not convert, with the first reason of each; it can be finer than a schema's."""
    for field in fields(row_type):
        if field.encode_name in item:
            try:
                msgspec.convert(item[field.encode_name], field.type)
            except msgspec.ValidationError as error:
                yield field.encode_name, str(error)


def _salvaged(row_type: type[CatalogueRowT], item: Mapping[str, Any], values: Mapping[str, Any]) -> CatalogueRowT:
    """Return a row of `values`, of what is right in a mapping, and of blanks for required fields that are not."""
    usable = dict(values)
    for field in fields(row_type):
        if field.encode_name in item and field.name not in usable:
            usable |= _usable(field.name, field.type, item[field.encode_name])
        if field.required and field.name not in usable:
            usable[field.name] = _blank(field.type)
    return row_type(**usable)


def _usable(name: str, annotation: Any, value: Any) -> dict[str, Any]:
    """Return a value under its name when it converts; of structs and lists of them what is right; else nothing."""
    try:
        return {name: msgspec.convert(value, annotation)}
    except msgspec.ValidationError:
        structs = (arg for arg in get_args(annotation) if isinstance(arg, type) and issubclass(arg, Struct))
        struct = next(structs, None)
        if struct is None or not isinstance(value, list if get_origin(annotation) is tuple else dict):
            return {}
        if isinstance(value, dict):
            return {name: _salvaged(struct, value, {})}
        return {name: tuple(_salvaged(struct, item, {}) for item in value if isinstance(item, dict))}


def _blank(annotation: Any) -> Any:
    """Return a value of a type in place of one that was wrong: later checks pass over it."""
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return next(iter(plain)) if issubclass(plain, Enum) else plain()
