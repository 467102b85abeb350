"""Reader of procedures.yml: the procedures of the one-stop shop."""

from msgspec import Struct

from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.documents.time_texts import some_time
from ioc.catalogue.reading.services import ServiceRow
from ioc.catalogue.service import Online, Procedure
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name


class ProcedureRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A procedure in its file."""

    code: Code
    name_vi: Name
    name_en: Name
    unit: Code
    service: Code
    online: Online
    target: Name | None = None


def read_procedures(
    folder: CatalogueFolder, services: NamedRows[ServiceRow], units: NamedRows[Unit]
) -> tuple[NamedRows[ProcedureRow], dict[str, Procedure]]:
    """Return the rows of the procedures, and the procedures by their codes."""
    document = folder.document("procedures.yml", ["procedures"], is_optional=True)
    rows = document.rows("procedures", ProcedureRow, "code")
    categories = {service.code: {category.code for category in service.categories} for service in services.rows}
    procedures = {}
    for row in rows.rows:
        if services.lacks(row.service):
            document.report(row.code, f"unknown service '{row.service}'")
        if units.lacks(row.unit):
            document.report(row.code, f"unknown unit '{row.unit}'")
        if row.code in categories.get(row.service, ()):
            document.report(row.code, f"is a category of '{row.service}' already")
        procedures[row.code] = _procedure(row, document.report)
    return rows, procedures


def _procedure(row: ProcedureRow, report: ErrorReport) -> Procedure:
    target = None if row.target is None else report.parse(f"{row.code}.target", some_time, row.target)
    return Procedure(row.code, row.name_vi, row.name_en, row.unit, row.service, row.online, target)
