"""The lanes a worker folds: for each input topic the pure shard of one of its partitions."""

from collections.abc import Callable, Mapping
from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter_limit import DeadLetterLimit
from ioc.core.records import ClockKind
from ioc.core.topics import Topic
from ioc.processors.duplicates import DuplicateProcessor as Matters
from ioc.processors.incidents import IncidentProcessor as Incidents
from ioc.processors.processor import Shard
from ioc.processors.sensors import SensorProcessor as Sensors

MakeProcessor = Callable[[int, Catalogue, ClockKind, DeadLetterLimit, int], Shard[Any]]

PROCESSORS: Mapping[Topic, MakeProcessor] = {
    Topic.EVENTS: Incidents,
    Topic.INDICATORS: Sensors,
    Topic.SIGHTINGS: Matters,
}
