"""The lanes a worker folds: for each input topic the pure shard of one of its partitions."""

from collections.abc import Callable, Mapping
from typing import Any

from ioc.catalogue import Catalogue
from ioc.lane import ClockKind, Shard
from ioc.matters.shard import Shard as Matters
from ioc.refusals import RefusalPolicy
from ioc.sensors.shard import Shard as Sensors
from ioc.shard import Shard as Incidents
from ioc.topics import Topic

MakeShard = Callable[[int, Catalogue, ClockKind, RefusalPolicy, int], Shard[Any]]

LANES: Mapping[Topic, MakeShard] = {
    Topic.EVENTS: Incidents,
    Topic.INDICATORS: Sensors,
    Topic.SIGHTINGS: Matters,
}
