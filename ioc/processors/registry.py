"""The processors a worker runs, by the input topic each of them folds."""

from collections.abc import Mapping
from typing import Any

from ioc.core.topics import Topic
from ioc.processors.duplicates import DuplicateProcessor
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.processor import PartitionProcessor
from ioc.processors.sensors import SensorProcessor

AnyProcessor = PartitionProcessor[Any]
"""A processor of any kind: it applies the change sets it made itself."""

_KINDS: tuple[type[AnyProcessor], ...] = (
    IncidentProcessor,
    SensorProcessor,
    DuplicateProcessor,
)

PROCESSORS: Mapping[Topic, type[AnyProcessor]] = {kind.input: kind for kind in _KINDS}
