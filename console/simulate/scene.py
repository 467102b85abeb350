"""What the simulated city is like, read from `city.yml`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Curve = Annotated[tuple[float, ...], Meta(min_length=24, max_length=24)]
Share = Annotated[float, Meta(ge=0)]


class CaseKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of matter: how often it is met when it is calm and in a storm, and who handles it."""

    category: str
    titles: Annotated[tuple[str, ...], Meta(min_length=1)]
    weight: Share
    storm: Share
    unit: str | None = None


class ReportingService(Struct, frozen=True, forbid_unknown_fields=True):
    """A service as a source of reports: how many a day, over which curve, and how a storm multiplies them.

    What is `pressing` can be urgent, and is more often in a storm.
    """

    code: str
    prefix: str
    a_day: Share
    curve: str
    storm: Share
    channels: tuple[str, ...]
    matters: tuple[CaseKind, ...]
    coast: tuple[str, ...] = ()
    pressing: bool = True


class SensorProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """What the sensors of a kind measure `every` so many minutes: calm, and at the height of a storm, `lag` min after.

    With a `curve` the calm value is that of the busiest hour, and `least` that of an hour in which nothing happens.
    """

    every: Annotated[int, Meta(ge=1)]
    calm: float
    storm: float
    noise: Share = 0
    lag: int = 0
    curve: str | None = None
    least: float = 0
    most: float = 1e9
    spread: tuple[float, float] = (0.8, 1.0)


class ServiceCounter(Struct, frozen=True, forbid_unknown_fields=True):
    """Counters of the one-stop shop: how many people come a day, to how many desks, for how many minutes on average."""

    unit: str
    a_day: Share
    desks: Annotated[int, Meta(ge=1)]
    minutes: Annotated[float, Meta(gt=0)]
    ward: str | None = None


class DocumentOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that answers letters: how many a day."""

    unit: str
    a_day: Share


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of the simulated city."""

    curves: Mapping[str, Curve]
    busy: Mapping[str, Share]
    streets: tuple[str, ...]
    services: tuple[ReportingService, ...]
    counters: tuple[ServiceCounter, ...]
    posts: tuple[DocumentOffice, ...]
    gauges: Mapping[str, SensorProfile]
    out_of_order: Mapping[str, tuple[float, float]]


@cache
def scene() -> Scene:
    """Return the city of `city.yml`."""
    return msgspec.yaml.decode((files("console.simulate") / "city.yml").read_bytes(), type=Scene)
