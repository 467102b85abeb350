"""The names a payload gives, and which of them the catalogue does not know."""

from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from ioc.catalogue import Catalogue
from ioc.errors import Fault
from ioc.payloads import Directed


def unknown_names(payload: Struct, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields of a payload that name what the catalogue does not know."""
    naming = _naming(type(payload))
    if not naming:
        return ()
    names = ((field, getattr(payload, field)) for field in naming)
    fields = [field for field, name in names if name is not None and name not in getattr(catalogue, _KNOWN[field])]
    if isinstance(payload, Directed) and not catalogue.units.keys() >= set(payload.units):
        fields.append("units")
    return tuple(fields)


_KNOWN = {"service": "services", "unit": "units", "ward": "wards"}
"""The fields that name something, and where it is in the catalogue."""


@cache
def _naming(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(field for field in _KNOWN if field in kind.__struct_fields__)


def catalogue_faults(payload: Struct, service: str, catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return a fault for each such field. Services of another city bring their own units and wards."""
    if catalogue.is_external(getattr(payload, "service", None) or service):
        return ()
    return name_faults(unknown_names(payload, catalogue))


def name_faults(fields: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults of fields that name what the catalogue does not know."""
    return tuple(Fault(f"data.{field}", "not in the catalogue") for field in fields)
