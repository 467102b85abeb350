"""services.yml, procedures.yml and baselines.yml: what the city does for people, and how long it took before."""

from msgspec import Struct, field

from ioc.catalogue.city import Baseline, Category, Name, Online, Procedure, Service, Unit
from ioc.catalogue.faults import Tell
from ioc.catalogue.reading import Folder, Listed
from ioc.catalogue.texts import some_time
from ioc.payloads import Code
from ioc.rules import TimeKind
from ioc.times import DAY


class ServiceRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A service as its file gives it."""

    code: Code
    name_vi: Name
    name_en: Name
    unit: Code | None = None
    cadence: Name = "1d"
    external: bool = False
    online: Online = Online.NONE
    categories: tuple[Category, ...] = ()


class ProcedureRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A procedure as its file gives it."""

    code: Code
    name_vi: Name
    name_en: Name
    unit: Code
    service: Code
    online: Online
    target: Name | None = None


class BaselineRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A baseline as its file gives it."""

    service: Code
    handling: Name
    source: Name
    measured_in: TimeKind = field(default=TimeKind.WALL, name="in")


def read_services(folder: Folder, units: Listed[Unit]) -> tuple[Listed[ServiceRow], dict[str, Service]]:
    """Return the services, as they are in their file and as they are used."""
    document = folder.document("services.yml", ["services"])
    services = document.rows("services", ServiceRow, "code")
    return services, {row.code: _service(row, units, document.tell) for row in services.rows}


def _service(row: ServiceRow, units: Listed[Unit], tell: Tell) -> Service:
    if row.unit is not None and units.lacks(row.unit):
        tell(row.code, f"unknown unit '{row.unit}'")
    codes = [category.code for category in row.categories]
    for code in dict.fromkeys(code for code in codes if code and codes.count(code) > 1):
        tell(f"{row.code}.categories", f"'{code}' is there twice")
    cadence = tell.read(f"{row.code}.cadence", some_time, row.cadence) or DAY
    return Service(row.code, row.name_vi, row.name_en, row.unit, cadence, row.external, row.categories, row.online)


def read_procedures(
    folder: Folder, services: Listed[ServiceRow], units: Listed[Unit]
) -> tuple[Listed[ProcedureRow], dict[str, Procedure]]:
    """Return the procedures of the one-stop shop, as they are in their file and as they are used."""
    document = folder.document("procedures.yml", ["procedures"], optional=True)
    procedures = document.rows("procedures", ProcedureRow, "code")
    categories = {row.code: {category.code for category in row.categories} for row in services.rows}
    found = {}
    for row in procedures.rows:
        if services.lacks(row.service):
            document.tell(row.code, f"unknown service '{row.service}'")
        if units.lacks(row.unit):
            document.tell(row.code, f"unknown unit '{row.unit}'")
        if row.code in categories.get(row.service, ()):
            document.tell(row.code, f"is a category of '{row.service}' already")
        found[row.code] = _procedure(row, document.tell)
    return procedures, found


def _procedure(row: ProcedureRow, tell: Tell) -> Procedure:
    target = None if row.target is None else tell.read(f"{row.code}.target", some_time, row.target)
    return Procedure(row.code, row.name_vi, row.name_en, row.unit, row.service, row.online, target)


def read_baselines(folder: Folder, services: Listed[ServiceRow]) -> dict[str, Baseline]:
    """Return how long each service took before, by its code."""
    document = folder.document("baselines.yml", ["baselines"], optional=True)
    found = {}
    for row in document.rows("baselines", BaselineRow, "service").rows:
        if services.lacks(row.service):
            document.tell(row.service, f"unknown service '{row.service}'")
        handling = document.tell.read(f"{row.service}.handling", some_time, row.handling)
        if handling is not None:
            found[row.service] = Baseline(row.service, handling, row.measured_in, row.source)
    return found


class Categories:
    """The categories each service has: those of its own, and its procedures."""

    def __init__(self, services: Listed[ServiceRow], procedures: Listed[ProcedureRow]) -> None:
        self._readable = services.readable and procedures.readable
        self._of: dict[str, set[str]] = {row.code: set() for row in services.rows if not row.external}
        for service in services.rows:
            self._of.get(service.code, set()).update(category.code for category in service.categories)
        for procedure in procedures.rows:
            self._of.get(procedure.service, set()).add(procedure.code)

    def lacking(self, wanted: frozenset[str], services: frozenset[str]) -> list[str]:
        """Return which of the categories none of the services has; with no service named, none at all.

        Nothing is lacking of a service that is unknown, or brings its own names.
        """
        asked = services or self._of.keys()
        if not (self._readable and asked <= self._of.keys()):
            return []
        return sorted(wanted.difference(*(self._of[service] for service in asked)))
