"""Reader of units.yml and wards.yml: who handles incidents, and where they happen."""

from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.unit import Unit, Ward


def read_units(folder: CatalogueFolder) -> NamedRows[Unit]:
    """Return the units; one that is above itself, or whose parent is unknown, is an error."""
    document = folder.document("units.yml", ["units"])
    units = document.rows("units", Unit, "code")
    parents = {unit.code: unit.parent for unit in units.rows}
    for unit in units.rows:
        if unit.parent is not None and units.lacks(unit.parent):
            document.report(unit.code, f"unknown parent '{unit.parent}'")
        if _above_itself(unit.code, parents):
            document.report(unit.code, "is above itself")
    return units


def _above_itself(code: str, parents: dict[str, str | None]) -> bool:
    visited: set[str] = set()
    parent = parents[code]
    while parent is not None and parent not in visited:
        if parent == code:
            return True
        visited.add(parent)
        parent = parents.get(parent)
    return False


def read_wards(folder: CatalogueFolder) -> NamedRows[Ward]:
    """Return the wards."""
    return folder.document("wards.yml", ["wards"]).rows("wards", Ward, "code")
