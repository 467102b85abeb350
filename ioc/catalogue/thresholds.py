"""What sensors measure: the levels of each kind of indicator, when they are reached, and when they are left again."""

from enum import StrEnum

from msgspec import Struct

from ioc.core.scalars import Priority
from ioc.core.times import Millis


class Direction(StrEnum):
    """Which way an indicator gets worse: a river above its levels, the share of cameras at work below them."""

    ABOVE = "above"
    BELOW = "below"

    def reaches(self, value: float, limit: float) -> bool:
        """True at the limit and beyond it, where it is bad."""
        return value >= limit if self is Direction.ABOVE else value <= limit

    def leaves(self, value: float, limit: float) -> bool:
        """True at the limit and on the good side of it."""
        return value <= limit if self is Direction.ABOVE else value >= limit

    def worse(self, one: float, other: float) -> bool:
        """True when `one` lies beyond `other`."""
        return one > other if self is Direction.ABOVE else one < other


class Threshold(Struct, frozen=True):
    """A level: in force once the value has been at `at` or beyond it for `hold` ms of the sensor's own time.

    It stays in force until the value has been at `clear_at`, or on the good side of it, for as long.
    """

    level: int
    at: float
    clear_at: float
    hold: Millis
    priority: Priority
    category: str | None
    unit: str | None
    title_vi: str
    title_en: str


class Silence(Struct, frozen=True):
    """What it is when a sensor has said nothing for too long: an incident of its own."""

    priority: Priority
    category: str | None
    unit: str | None
    title_vi: str
    title_en: str


class Indicator(Struct, frozen=True):
    """A kind of indicator, with the levels of its sensors from the mildest on. `measure` is the unit of measure."""

    kind: str
    name_vi: str
    name_en: str
    measure: str
    service: str
    direction: Direction
    silent_after: Millis
    silence: Silence
    thresholds: tuple[Threshold, ...]


class Sensor(Struct, frozen=True):
    """One sensor, `<source slug>:<subject>`, with its own `thresholds` and patience; place in degrees WGS 84."""

    id: str
    indicator: Indicator
    name: str
    ward: str | None
    lat: float | None
    lon: float | None
    silent_after: Millis
    thresholds: tuple[Threshold, ...]

    def threshold(self, level: int) -> Threshold | None:
        """Return the threshold of a level, if there is such a level."""
        return next((one for one in self.thresholds if one.level == level), None)
