"""Processors of incidents and of duplicates side by side: each gets what the other sends, on as many partitions."""

from collections import deque
from collections.abc import Iterable, Iterator
from random import Random

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter import DeadLetter
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.incident.state import Incident
from ioc.processors.duplicates import DuplicateProcessor
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, body

TopicPartitionKey = tuple[Topic, int]


class ProcessorPair:
    """Delivers record by record: those of one partition in their order, the partitions by turns at random."""

    def __init__(self, partitions: int = 1, seed: int = 0, catalogue: Catalogue = CITY) -> None:
        self.partitions = partitions
        types = {Topic.EVENTS: IncidentProcessor, Topic.SIGHTINGS: DuplicateProcessor}
        self.processors: dict[TopicPartitionKey, IncidentProcessor | DuplicateProcessor] = {
            (topic, number): processor_type(number, catalogue, ClockKind.WALL, partitions=partitions)
            for topic, processor_type in types.items()
            for number in range(partitions)
        }
        self.queues: dict[TopicPartitionKey, deque[Record]] = {key: deque() for key in self.processors}
        self.log: dict[TopicPartitionKey, list[Record]] = {key: [] for key in self.processors}
        self.sent: list[Outgoing] = []
        self.refused: list[DeadLetter] = []
        self.now: Instant = 0
        self._random = Random(seed)

    def happen(self, event_type: str, subject: str, time: Instant, **data: object) -> None:
        """Append an event of the field report with that subject, and deliver nothing."""
        if event_type == "reported":
            data = {"service": "field-reports", "category": "power", **data}
        value = body(event_type, time, f"{event_type}-{time}-{subject}", subject, **data)
        self.append(Topic.EVENTS, f"field-reports:{subject}".encode(), value, time)

    def append(self, topic: Topic, key: bytes, value: bytes | None, now: Instant = 0) -> None:
        self.now = max(self.now, now)
        partition = topic, partition_of(key, self.partitions)
        record = Record(len(self.log[partition]), self.now, key, value)
        self.log[partition].append(record)
        self.queues[partition].append(record)

    def deliver_all(self, slice_records: int = 1) -> None:
        """Deliver until no processor sends anything more."""
        while ready := [key for key, queue in self.queues.items() if queue]:
            key = self._random.choice(ready)
            queue, processor = self.queues[key], self.processors[key]
            changes = processor.fold([queue.popleft() for _ in range(min(len(queue), slice_records))])
            processor.apply(changes)  # type: ignore[arg-type]
            self.refused += changes.dead_letters
            for outgoing in changes.outbox:
                self.sent.append(outgoing)
                if outgoing.topic in (Topic.EVENTS, Topic.SIGHTINGS):
                    self.append(outgoing.topic, outgoing.key, outgoing.value)

    @property
    def incidents(self) -> dict[str, Incident]:
        processors = (processor for processor in self.processors.values() if isinstance(processor, IncidentProcessor))
        return {key: incident for processor in processors for key, incident in processor.incidents.items()}

    @property
    def duplicate_processors(self) -> Iterable[DuplicateProcessor]:
        return [processor for processor in self.processors.values() if isinstance(processor, DuplicateProcessor)]

    def __getitem__(self, subject: str) -> Incident:
        return self.incidents[f"field-reports:{subject}"]

    def open(self) -> dict[str, int]:
        """Return the subjects of the open incidents, and how many were merged into each."""
        return {
            key.partition(":")[2]: sum(not child.away for child in incident.children.values())
            for key, incident in self.incidents.items()
            if incident.is_open
        }


def recompute(pair: ProcessorPair) -> Iterator[tuple[DuplicateProcessor, DuplicateProcessor]]:
    """Yield every processor of duplicates, with another that folded the same log at once."""
    for key, processor in pair.processors.items():
        if isinstance(processor, DuplicateProcessor):
            recomputed = DuplicateProcessor(processor.partition, CITY, ClockKind.WALL, partitions=pair.partitions)
            if pair.log[key]:
                recomputed.apply(recomputed.fold(pair.log[key]))
            yield processor, recomputed
