"""Reader of baselines.yml: how long each service took before there was a centre."""

from msgspec import Struct, field

from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.documents.time_texts import some_time
from ioc.catalogue.reading.services import ServiceRow
from ioc.catalogue.service import Baseline
from ioc.catalogue.sla_policy import TimeKind
from ioc.core.scalars import Code, Name


class BaselineRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A baseline in its file."""

    service: Code
    handling: Name
    source: Name
    measured_in: TimeKind = field(default=TimeKind.WALL, name="in")


def read_baselines(folder: CatalogueFolder, services: NamedRows[ServiceRow]) -> dict[str, Baseline]:
    """Return the baselines by the code of the service."""
    document = folder.document("baselines.yml", ["baselines"], is_optional=True)
    baselines = {}
    for row in document.rows("baselines", BaselineRow, "service").rows:
        if services.lacks(row.service):
            document.report(row.service, f"unknown service '{row.service}'")
        handling = document.report.parse(f"{row.service}.handling", some_time, row.handling)
        if handling is not None:
            baselines[row.service] = Baseline(row.service, handling, row.measured_in, row.source)
    return baselines
