"""causes.yml: what brings many matters about at once."""

from typing import Annotated

from msgspec import Meta, Struct

from ioc.catalogue.cause import Cause
from ioc.catalogue.reading.reading import Folder, Listed
from ioc.catalogue.reading.services import Categories, ServiceRow
from ioc.core.scalars import Code, Name


class MatterRow(Struct, frozen=True, forbid_unknown_fields=True):
    """Matters of a service: those of some categories, or all."""

    service: Code
    categories: tuple[Code, ...] = ()


class CauseRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A cause as its file gives it."""

    id: Code
    name_vi: Name
    name_en: Name
    matters: Annotated[tuple[MatterRow, ...], Meta(min_length=1)]


def read_causes(folder: Folder, services: Listed[ServiceRow], categories: Categories) -> dict[str, Cause]:
    """Return the causes. A matter may be of several: it is shown under each."""
    document = folder.document("causes.yml", ["causes"], optional=True)
    causes = {}
    for row in document.rows("causes", CauseRow, "id").rows:
        named = [matter.service for matter in row.matters]
        for service in dict.fromkeys(named):
            if services.lacks(service):
                document.tell(f"{row.id}.matters", f"unknown service '{service}'")
            if named.count(service) > 1:
                document.tell(f"{row.id}.matters", f"'{service}' is there twice")
        for matter in row.matters:
            for code in categories.lacking(frozenset(matter.categories), frozenset({matter.service})):
                document.tell(f"{row.id}.matters", f"unknown category '{code}'")
        matters = {matter.service: frozenset(matter.categories) for matter in row.matters}
        causes[row.id] = Cause(row.id, row.name_vi, row.name_en, matters)
    return causes
