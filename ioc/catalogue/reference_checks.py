"""The names a payload gives, and which of them the catalogue does not know."""

from collections.abc import Container, Iterable
from functools import cache

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError


def unknown_names(payload: Struct, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields of a payload that name what the catalogue does not know."""
    unknown = []
    for field, known in _naming(type(payload)):
        names = getattr(payload, field)
        if names is not None and not _is_known(names, getattr(catalogue, known)):
            unknown.append(field)
    return tuple(unknown)


def _is_known(names: str | tuple[str, ...], known: Container[str]) -> bool:
    return names in known if isinstance(names, str) else all(name in known for name in names)


_KNOWN = {"service": "services", "unit": "units", "ward": "wards", "units": "units"}
"""The fields that name something, and where it is in the catalogue."""


@cache
def _naming(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    return tuple((field, known) for field, known in _KNOWN.items() if field in kind.__struct_fields__)


def catalogue_faults(payload: Struct, service: str, catalogue: Catalogue) -> tuple[FieldError, ...]:
    """Return a fault for each such field. Services of another city bring their own units and wards."""
    if catalogue.is_external(getattr(payload, "service", None) or service):
        return ()
    return name_faults(unknown_names(payload, catalogue))


def name_faults(fields: Iterable[str]) -> tuple[FieldError, ...]:
    """Return the faults of fields that name what the catalogue does not know."""
    return tuple(FieldError(f"data.{field}", "not in the catalogue") for field in fields)
