"""Indicators and sensors: the thresholds of each kind, when they are reached and left (indicators.yml)."""

from enum import StrEnum

from msgspec import Struct

from ioc.core.scalars import Priority
from ioc.core.times import Millis


class Direction(StrEnum):
    """In which direction an indicator gets worse: a river rises above its thresholds, working cameras fall below."""

    ABOVE = "above"
    BELOW = "below"

    def reaches(self, value: float, limit: float) -> bool:
        """True at the limit and on its bad side."""
        match self:
            case Direction.ABOVE:
                return value >= limit
            case Direction.BELOW:
                return value <= limit

    def leaves(self, value: float, limit: float) -> bool:
        """True at the limit and on its good side."""
        match self:
            case Direction.ABOVE:
                return value <= limit
            case Direction.BELOW:
                return value >= limit

    def is_worse(self, value: float, reference: float) -> bool:
        """True when `value` lies beyond `reference` on the bad side."""
        match self:
            case Direction.ABOVE:
                return value > reference
            case Direction.BELOW:
                return value < reference


class Threshold(Struct, frozen=True):
    """A level is in force once the value has been at `at` or worse for `hold` ms, by the time of the observations.

    It stays in force until the value has been at `clear_at` or better for as long.
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
    """The incident that is opened when a sensor has sent nothing for too long."""

    priority: Priority
    category: str | None
    unit: str | None
    title_vi: str
    title_en: str


class Indicator(Struct, frozen=True):
    """A kind of indicator. `thresholds` begin with the mildest, `measure` is the unit of measure.

    A sensor of this kind is silent after `silent_after` ms without an observation.
    """

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
    """A sensor, `<source slug>:<subject>`. It may override its indicator; its location is in degrees WGS 84."""

    id: str
    indicator: Indicator
    name: str
    ward: str | None
    lat: float | None
    lon: float | None
    silent_after: Millis
    thresholds: tuple[Threshold, ...]

    def threshold(self, level: int) -> Threshold | None:
        """Return the threshold of a level; None when there is no such level."""
        return next((threshold for threshold in self.thresholds if threshold.level == level), None)
