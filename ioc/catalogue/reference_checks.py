"""Checks that what a payload names is in the catalogue: its service, units and ward."""

from collections.abc import Container, Iterable
from functools import cache

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError


def unknown_references(payload: Struct, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields of a payload that name what the catalogue does not have."""
    unknown = []
    for field, table in _references(type(payload)):
        names = getattr(payload, field)
        if names is not None and not _all_in(names, getattr(catalogue, table)):
            unknown.append(field)
    return tuple(unknown)


def _all_in(names: str | tuple[str, ...], table: Container[str]) -> bool:
    return names in table if isinstance(names, str) else all(name in table for name in names)


_TABLES = {"service": "services", "unit": "units", "ward": "wards", "units": "units"}
"""The fields that refer to the catalogue, and the table of the catalogue they refer to."""


@cache
def _references(payload: type[Struct]) -> tuple[tuple[str, str], ...]:
    return tuple((field, table) for field, table in _TABLES.items() if field in payload.__struct_fields__)


def catalogue_errors(payload: Struct, service: str, catalogue: Catalogue) -> tuple[FieldError, ...]:
    """Return an error for each such field. External services have units and wards of their own."""
    if catalogue.is_external(getattr(payload, "service", None) or service):
        return ()
    return reference_errors(unknown_references(payload, catalogue))


def reference_errors(fields: Iterable[str]) -> tuple[FieldError, ...]:
    """Return the errors of fields that name what the catalogue does not have."""
    return tuple(FieldError(f"data.{field}", "not in the catalogue") for field in fields)
