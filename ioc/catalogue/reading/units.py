"""units.yml and wards.yml: who handles matters, and where they are."""

from ioc.catalogue.reading.reading import Folder, Listed
from ioc.catalogue.unit import Unit, Ward


def read_units(folder: Folder) -> Listed[Unit]:
    """Return the units; one that is above itself or below nobody known is a fault."""
    document = folder.document("units.yml", ["units"])
    units = document.rows("units", Unit, "code")
    parents = {unit.code: unit.parent for unit in units.rows}
    for unit in units.rows:
        if unit.parent is not None and units.lacks(unit.parent):
            document.tell(unit.code, f"unknown parent '{unit.parent}'")
        if _above_itself(unit.code, parents):
            document.tell(unit.code, "is above itself")
    return units


def _above_itself(code: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    above = parents[code]
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def read_wards(folder: Folder) -> Listed[Ward]:
    """Return the wards."""
    return folder.document("wards.yml", ["wards"]).rows("wards", Ward, "code")
