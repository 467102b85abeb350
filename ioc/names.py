"""The names a payload gives, and which of them the catalogue does not know."""

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct

from ioc.catalogue import Catalogue
from ioc.errors import Fault
from ioc.payloads import Directed


def unknown_names(payload: Struct, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields of a payload that name what the catalogue does not know."""
    known: Mapping[str, Container[str]] = {
        "service": catalogue.services,
        "unit": catalogue.units,
        "ward": catalogue.wards,
    }
    named = ((field, getattr(payload, field, None)) for field in known)
    fields = [field for field, name in named if name is not None and name not in known[field]]
    if isinstance(payload, Directed) and not catalogue.units.keys() >= set(payload.units):
        fields.append("units")
    return tuple(fields)


def catalogue_faults(payload: Struct, service: str, catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return a fault for each such field. Services of another city bring their own units and wards."""
    if catalogue.is_external(getattr(payload, "service", None) or service):
        return ()
    return name_faults(unknown_names(payload, catalogue))


def name_faults(fields: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults of fields that name what the catalogue does not know."""
    return tuple(Fault(f"data.{field}", "not in the catalogue") for field in fields)
