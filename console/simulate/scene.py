"""What the simulated city is like, read from `city.yml`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Curve = Annotated[tuple[float, ...], Meta(min_length=24, max_length=24)]
Share = Annotated[float, Meta(ge=0)]


class Matter(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of matter: how often it is met when it is calm and in a storm, and who handles it."""

    category: str
    titles: Annotated[tuple[str, ...], Meta(min_length=1)]
    weight: Share
    storm: Share
    unit: str | None = None


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """A service as a source of reports: how many a day, over which curve, and how a storm multiplies them.

    What is `pressing` can be urgent, and is more often in a storm.
    """

    code: str
    prefix: str
    a_day: Share
    curve: str
    storm: Share
    channels: tuple[str, ...]
    matters: tuple[Matter, ...]
    coast: tuple[str, ...] = ()
    pressing: bool = True


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of the simulated city."""

    curves: Mapping[str, Curve]
    busy: Mapping[str, Share]
    streets: tuple[str, ...]
    services: tuple[Source, ...]


@cache
def scene() -> Scene:
    """Return the city of `city.yml`."""
    return msgspec.yaml.decode((files("console.simulate") / "city.yml").read_bytes(), type=Scene)
