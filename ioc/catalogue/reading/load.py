"""A folder of files as one catalogue, or every error of all files."""

from collections.abc import Callable, Mapping
from importlib.resources import files as packaged
from pathlib import Path

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.baselines import read_baselines
from ioc.catalogue.reading.calendars import read_calendars
from ioc.catalogue.reading.categories import Categories
from ioc.catalogue.reading.causes import read_causes
from ioc.catalogue.reading.channels import ChannelsFile
from ioc.catalogue.reading.documents.errors import CatalogueErrors
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.duplicate_policy import read_duplicates
from ioc.catalogue.reading.indicators import IndicatorReferences, read_indicators
from ioc.catalogue.reading.procedures import read_procedures
from ioc.catalogue.reading.services import ServicesFile
from ioc.catalogue.reading.shifts import read_shifts
from ioc.catalogue.reading.signing_keys import read_keys
from ioc.catalogue.reading.sla_policy import RuleReferences, read_rules
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
    """Return the folder of the example catalogue that comes with the product."""
    return Path(str(packaged("ioc") / "data" / "hue"))


def load_catalogue(path: Path) -> Catalogue:
    """Return the catalogue in a folder; CatalogueError with every error of every file when there is one."""
    return _read(lambda name: (path / name).read_bytes())


def catalogue_of(files: Mapping[str, bytes]) -> Catalogue:
    """Return the catalogue made of these files, by their names; CatalogueError as for a folder."""

    def read(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError
        return files[name]

    return _read(read)


def _read(read: Callable[[str], bytes]) -> Catalogue:
    errors = CatalogueErrors()
    folder = CatalogueFolder(read, errors)
    units, wards = read_units(folder), read_wards(folder)
    services = ServicesFile(folder, units)
    procedure_rows, procedures = read_procedures(folder, services.named_rows, units)
    baselines = read_baselines(folder, services.named_rows)
    zone, calendar_rows, calendars = read_calendars(folder)
    shifts = read_shifts(folder)
    channels = ChannelsFile(folder, units)
    categories = Categories(services.named_rows, procedure_rows)
    keys = read_keys(folder, units)
    references = RuleReferences(services.named_rows, units, calendar_rows, channels.named_rows, categories)
    rules, directives = read_rules(folder, references)
    indicators, sensors = read_indicators(folder, IndicatorReferences(services.named_rows, categories, units, wards))
    duplicates = read_duplicates(folder, services.named_rows, categories)
    causes = read_causes(folder, services.named_rows, categories)
    errors.raise_if_any()
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
