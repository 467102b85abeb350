"""A folder of files as one catalogue, or every fault of all of them."""

from collections.abc import Callable, Mapping
from importlib.resources import files as packaged
from pathlib import Path

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.calendars import read_calendars
from ioc.catalogue.reading.causes import read_causes
from ioc.catalogue.reading.channels import Channels
from ioc.catalogue.reading.duplicates import read_duplicates
from ioc.catalogue.reading.faults import Faults
from ioc.catalogue.reading.indicators import Named, read_indicators
from ioc.catalogue.reading.keys import read_keys
from ioc.catalogue.reading.reading import Folder
from ioc.catalogue.reading.rules import Known, read_rules
from ioc.catalogue.reading.services import Categories, Services, read_baselines, read_procedures
from ioc.catalogue.reading.shifts import read_shifts
from ioc.catalogue.reading.units import read_units, read_wards

FILES = ("services.yml", "units.yml", "wards.yml", "calendars.yml", "rules.yml")
OPTIONAL_FILES = (
    "procedures.yml",
    "channels.yml",
    "baselines.yml",
    "shifts.yml",
    "indicators.yml",
    "duplicates.yml",
    "causes.yml",
    "keys.yml",
)


def hue_folder() -> Path:
    """Return the folder of the catalogue that comes with the product."""
    return Path(str(packaged("ioc") / "data" / "hue"))


def load_catalogue(path: Path) -> Catalogue:
    """Return the catalogue in a folder; CatalogueError with every fault of every file when there is one."""
    return _read(lambda name: (path / name).read_bytes())


def catalogue_of(files: Mapping[str, bytes]) -> Catalogue:
    """Return the catalogue that these files make, by their names; CatalogueError as for a folder."""

    def read(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError
        return files[name]

    return _read(read)


def _read(read: Callable[[str], bytes]) -> Catalogue:
    faults = Faults()
    folder = Folder(read, faults)
    units, wards = read_units(folder), read_wards(folder)
    services = Services(folder, units)
    procedure_rows, procedures = read_procedures(folder, services.listed, units)
    baselines = read_baselines(folder, services.listed)
    zone, calendar_rows, calendars = read_calendars(folder)
    shifts = read_shifts(folder)
    channels = Channels(folder, units)
    categories = Categories(services.listed, procedure_rows)
    keys = read_keys(folder, units)
    known = Known(services.listed, units, calendar_rows, channels.listed, categories)
    rules, directives = read_rules(folder, known)
    indicators, sensors = read_indicators(folder, Named(services.listed, categories, units, wards))
    duplicates = read_duplicates(folder, services.listed, categories)
    causes = read_causes(folder, services.listed, categories)
    faults.refuse_if_any()
    return Catalogue(
        zone,
        services.by_code,
        {unit.code: unit for unit in units.rows},
        {ward.code: ward for ward in wards.rows},
        calendars,
        rules,
        procedures,
        channels.by_id,
        channels.routes,
        baselines,
        shifts,
        indicators,
        sensors,
        duplicates,
        causes,
        edition=folder.edition,
        files=folder.files,
        items_kept=services.items_kept,
        war_room=channels.war_room,
        keys=keys,
        directives=directives,
    )
