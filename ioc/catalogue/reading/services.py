"""services.yml, procedures.yml and baselines.yml: what the city does for people, and how long it took before."""

from msgspec import Struct, field

from ioc.catalogue.city import ITEMS_KEPT
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Document, Folder, Listed
from ioc.catalogue.reading.texts import some_time
from ioc.catalogue.service import Baseline, Category, Online, Procedure, Service
from ioc.catalogue.sla_policy import TimeKind
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name
from ioc.core.times import DAY, Millis


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
    dossiers: bool = False
    online_channels: tuple[Name, ...] = ()


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


class Services:
    """The services of a folder: `listed` as they are in their file, `by_code` as they are used.

    `items_kept` (ms) is how long what they book in registers is kept.
    """

    def __init__(self, folder: Folder, units: Listed[Unit]) -> None:
        document = folder.document("services.yml", ["services"], ["items_kept"])
        self.listed = document.rows("services", ServiceRow, "code")
        self.by_code = {row.code: _service(row, units, document.tell) for row in self.listed.rows}
        for row in self.listed.rows:
            if row.code not in self.listed.faulty:
                _check_channels(row, document.tell)
        self.items_kept = _items_kept(document)


def _check_channels(row: ServiceRow, tell: Tell) -> None:
    if row.online_channels and not row.dossiers:
        tell(f"{row.code}.online_channels", "are those of dossiers, and this service has none")
    for channel in dict.fromkeys(one for one in row.online_channels if row.online_channels.count(one) > 1):
        tell(f"{row.code}.online_channels", f"'{channel}' is there twice")


def _items_kept(document: Document) -> Millis:
    found = (document.found or {}).get("items_kept")
    if found is None:
        return ITEMS_KEPT
    if not isinstance(found, str):
        document.tell("items_kept", "must be a duration such as 40d")
        return ITEMS_KEPT
    kept = document.tell.read("items_kept", some_time, found)
    if kept is not None and kept < DAY:
        document.tell("items_kept", "shorter than a day")
    return kept or ITEMS_KEPT


def _service(row: ServiceRow, units: Listed[Unit], tell: Tell) -> Service:
    if row.unit is not None and units.lacks(row.unit):
        tell(row.code, f"unknown unit '{row.unit}'")
    codes = [category.code for category in row.categories]
    for code in dict.fromkeys(code for code in codes if code and codes.count(code) > 1):
        tell(f"{row.code}.categories", f"'{code}' is there twice")
    cadence = tell.read(f"{row.code}.cadence", some_time, row.cadence) or DAY
    names = (row.code, row.name_vi, row.name_en)
    return Service(
        *names, row.unit, cadence, row.external, row.categories, row.online, row.dossiers, row.online_channels
    )


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
