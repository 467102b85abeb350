"""Reader of services.yml: what the city does for people."""

from msgspec import Struct

from ioc.catalogue.city import ITEMS_KEPT
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import Document, NamedRows
from ioc.catalogue.reading.documents.time_texts import some_time
from ioc.catalogue.service import Category, Online, Service
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name
from ioc.core.times import DAY, Millis


class ServiceRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A service in its file."""

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


class ServicesFile:
    """The services: `named_rows` as they are in the file, `by_code` as they are used.

    `items_kept` (ms) is how long the items of their registers are kept.
    """

    def __init__(self, folder: CatalogueFolder, units: NamedRows[Unit]) -> None:
        document = folder.document("services.yml", ["services"], ["items_kept"])
        self.named_rows = document.rows("services", ServiceRow, "code")
        self.by_code = {row.code: _service(row, units, document.report) for row in self.named_rows.rows}
        for row in self.named_rows.rows:
            if row.code not in self.named_rows.faulty:
                _check_channels(row, document.report)
        self.items_kept = _items_kept(document)


def _check_channels(row: ServiceRow, report: ErrorReport) -> None:
    channels = row.online_channels
    if channels and not row.dossiers:
        report(f"{row.code}.online_channels", "are those of dossiers, and this service has none")
    for channel in dict.fromkeys(channel for channel in channels if channels.count(channel) > 1):
        report(f"{row.code}.online_channels", f"'{channel}' is there twice")


def _items_kept(document: Document) -> Millis:
    text = document.option("items_kept")
    if text is None:
        return ITEMS_KEPT
    if not isinstance(text, str):
        document.report("items_kept", "must be a duration such as 40d")
        return ITEMS_KEPT
    retention = document.report.parse("items_kept", some_time, text)
    if retention is not None and retention < DAY:
        document.report("items_kept", "shorter than a day")
    return retention or ITEMS_KEPT


def _service(row: ServiceRow, units: NamedRows[Unit], report: ErrorReport) -> Service:
    if row.unit is not None and units.lacks(row.unit):
        report(row.code, f"unknown unit '{row.unit}'")
    codes = [category.code for category in row.categories]
    for code in dict.fromkeys(code for code in codes if code and codes.count(code) > 1):
        report(f"{row.code}.categories", f"'{code}' is there twice")
    cadence = report.parse(f"{row.code}.cadence", some_time, row.cadence) or DAY
    names = (row.code, row.name_vi, row.name_en)
    return Service(
        *names, row.unit, cadence, row.external, row.categories, row.online, row.dossiers, row.online_channels
    )
