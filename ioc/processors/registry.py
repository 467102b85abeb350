"""The lanes a worker folds: for each input topic the pure shard of one of its partitions."""

from collections.abc import Callable, Mapping
from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind
from ioc.core.reject_limit import RefusalPolicy
from ioc.core.topics import Topic
from ioc.processors.duplicates import Shard as Matters
from ioc.processors.incidents import Shard as Incidents
from ioc.processors.processor import Shard
from ioc.processors.sensors import Shard as Sensors

MakeShard = Callable[[int, Catalogue, ClockKind, RefusalPolicy, int], Shard[Any]]

LANES: Mapping[Topic, MakeShard] = {
    Topic.EVENTS: Incidents,
    Topic.INDICATORS: Sensors,
    Topic.SIGHTINGS: Matters,
}
