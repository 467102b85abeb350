"""Cities' requests, read as events: one file a city, each a map of its own columns."""

from collections.abc import Mapping
from enum import StrEnum

from console.cities import boston311, chicago311, la311
from console.cities.maps import CityMap, ImportedEvent, Judging


class CityName(StrEnum):
    """The cities whose files can be read."""

    BOSTON = "boston311"
    CHICAGO = "chicago311"
    LOS_ANGELES = "la311"


class JudgingCity(StrEnum):
    """Those that gave a verdict of their own, on time or not, with every request."""

    BOSTON = "boston311"


MAPS: Mapping[CityName, CityMap] = {
    CityName.BOSTON: boston311,
    CityName.CHICAGO: chicago311,
    CityName.LOS_ANGELES: la311,
}
JUDGING: Mapping[JudgingCity, Judging] = {JudgingCity.BOSTON: boston311}

__all__ = ["JUDGING", "MAPS", "CityMap", "CityName", "ImportedEvent", "Judging", "JudgingCity"]
