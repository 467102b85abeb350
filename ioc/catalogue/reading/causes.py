"""Reader of causes.yml: what brings about many incidents at once."""

from typing import Annotated

from msgspec import Meta, Struct

from ioc.catalogue.cause import Cause
from ioc.catalogue.reading.categories import Categories
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.services import ServiceRow
from ioc.core.scalars import Code, Name


class CauseMatterRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The incidents of a service: those of some categories, or all."""

    service: Code
    categories: tuple[Code, ...] = ()


class CauseRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A cause in its file."""

    id: Code
    name_vi: Name
    name_en: Name
    matters: Annotated[tuple[CauseMatterRow, ...], Meta(min_length=1)]


def read_causes(folder: CatalogueFolder, services: NamedRows[ServiceRow], categories: Categories) -> dict[str, Cause]:
    """Return the causes by their ids. A kind of incident may have several causes: it is shown under each."""
    document = folder.document("causes.yml", ["causes"], is_optional=True)
    causes = {}
    for row in document.rows("causes", CauseRow, "id").rows:
        listed = [matter.service for matter in row.matters]
        for service in dict.fromkeys(listed):
            if services.lacks(service):
                document.report(f"{row.id}.matters", f"unknown service '{service}'")
            if listed.count(service) > 1:
                document.report(f"{row.id}.matters", f"'{service}' is there twice")
        for matter in row.matters:
            for code in categories.unknown_in(frozenset(matter.categories), frozenset({matter.service})):
                document.report(f"{row.id}.matters", f"unknown category '{code}'")
        matters = {matter.service: frozenset(matter.categories) for matter in row.matters}
        causes[row.id] = Cause(row.id, row.name_vi, row.name_en, matters)
    return causes
