"""The scene: what the simulated city is like, read from `city.yml`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

Curve = Annotated[tuple[float, ...], Meta(min_length=24, max_length=24)]
Share = Annotated[float, Meta(ge=0)]


class CaseKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of case: how often it is reported when it is calm and in a storm, and which unit handles it."""

    category: str
    titles: Annotated[tuple[str, ...], Meta(min_length=1)]
    weight: Share
    storm: Share
    unit: str | None = None


class ReportingService(Struct, frozen=True, forbid_unknown_fields=True):
    """A service that reports: how much a day, over which curve of hours, and how a storm multiplies it.

    The reports of a `pressing` service can be urgent, and are so more often in a storm.
    """

    code: str
    prefix: str
    a_day: Share
    curve: str
    storm: Share
    channels: tuple[str, ...]
    kinds: tuple[CaseKind, ...] = field(name="matters")
    coast: tuple[str, ...] = ()
    pressing: bool = True


class SensorProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """What the sensors of a kind measure every `every` minutes: when calm, and `lag` minutes after a storm's height.

    With a `curve` the calm value is that of the busiest hour, and `lowest` that of an hour in which nothing happens;
    no value is above `highest`. `spread` is the least and the greatest share of the storm that a place gets.
    """

    every: Annotated[int, Meta(ge=1)]
    calm: float
    storm: float
    noise: Share = 0
    lag: int = 0
    curve: str | None = None
    lowest: float = field(default=0, name="least")
    highest: float = field(default=1e9, name="most")
    spread: tuple[float, float] = (0.8, 1.0)


class ServiceCounter(Struct, frozen=True, forbid_unknown_fields=True):
    """Counters of the one-stop shop: how many people come a day, to how many desks, for how many minutes on average."""

    unit: str
    a_day: Share
    desks: Annotated[int, Meta(ge=1)]
    minutes: Annotated[float, Meta(gt=0)]
    ward: str | None = None


class DocumentOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that answers official documents: how many a day."""

    unit: str
    a_day: Share


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of the simulated city."""

    curves: Mapping[str, Curve]
    busy: Mapping[str, Share]
    streets: tuple[str, ...]
    services: tuple[ReportingService, ...]
    counters: tuple[ServiceCounter, ...]
    document_offices: tuple[DocumentOffice, ...] = field(name="posts")
    sensors: Mapping[str, SensorProfile] = field(name="gauges")
    out_of_order: Mapping[str, tuple[float, float]]


@cache
def scene() -> Scene:
    """Return the scene in `city.yml`, read once."""
    return msgspec.yaml.decode((files("console.simulate") / "city.yml").read_bytes(), type=Scene)
