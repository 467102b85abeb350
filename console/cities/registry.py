"""The maps there are: those in the package by name, and any other by its file."""

from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import assert_never

from console.cities import chicago311
from console.cities.city_map import CityMap, UnreadableFile
from console.cities.table_format import read_table_format
from console.cities.table_map import TableMap


class CityName(StrEnum):
    """The cities whose maps are in the package."""

    BOSTON = "boston311"
    CHICAGO = "chicago311"
    LOS_ANGELES = "la311"


def map_of(name: str) -> CityMap:
    """Return the map of that name, or the one in that YAML file. Raises UnreadableFile."""
    if name not in tuple(CityName):
        return table_map_in(Path(name))
    match city := CityName(name):
        case CityName.CHICAGO:
            return chicago311
        case CityName.BOSTON | CityName.LOS_ANGELES:
            return TableMap(read_table_format(name, (files("console.cities") / f"{name}.yml").read_bytes()))
        case _:
            assert_never(city)


def judging_map_of(name: str) -> TableMap:
    """Return a map of a city that gives verdicts of its own. Raises UnreadableFile for any other."""
    city_map = map_of(name)
    if isinstance(city_map, TableMap) and city_map.has_verdicts:
        return city_map
    raise UnreadableFile(f"The map {name} cannot be used:", ["verdicts: missing; there is nothing to compare"])


def table_map_in(file: Path) -> TableMap:
    """Return the map that a YAML file describes. Raises UnreadableFile."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        names = ", ".join(CityName)
        reason = f"{error.strerror}; a map is a file, or one of {names}"
        raise UnreadableFile(f"The map {file} cannot be used:", [f"-: cannot be read: {reason}"]) from error
    return TableMap(read_table_format(str(file), raw))
