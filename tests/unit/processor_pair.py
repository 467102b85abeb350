"""The folds of incidents and of matters side by side, each hearing what the other sends, on as many partitions."""

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
from ioc.processors.duplicates import DuplicateProcessor as Matters
from ioc.processors.incidents import IncidentProcessor as Incidents
from tests.unit.samples import CITY, body

Place = tuple[Topic, int]


class Centre:
    """Delivers record after record, those of one partition in their order, of several now of one and now of another."""

    def __init__(self, partitions: int = 1, seed: int = 0, catalogue: Catalogue = CITY) -> None:
        self.partitions = partitions
        shards = {Topic.EVENTS: Incidents, Topic.SIGHTINGS: Matters}
        self.shards: dict[Place, Incidents | Matters] = {
            (topic, number): make(number, catalogue, ClockKind.WALL, partitions=partitions)
            for topic, make in shards.items()
            for number in range(partitions)
        }
        self.waiting: dict[Place, deque[Record]] = {place: deque() for place in self.shards}
        self.log: dict[Place, list[Record]] = {place: [] for place in self.shards}
        self.sent: list[Outgoing] = []
        self.refused: list[DeadLetter] = []
        self.now: Instant = 0
        self._chance = Random(seed)

    def happen(self, event_type: str, subject: str, time: Instant, **data: object) -> None:
        """Let something happen to the field report of that subject, and wait for nothing."""
        if event_type == "reported":
            data = {"service": "field-reports", "category": "power", **data}
        value = body(event_type, time, f"{event_type}-{time}-{subject}", subject, **data)
        self.append(Topic.EVENTS, f"field-reports:{subject}".encode(), value, time)

    def append(self, topic: Topic, key: bytes, value: bytes | None, now: Instant = 0) -> None:
        self.now = max(self.now, now)
        place = topic, partition_of(key, self.partitions)
        record = Record(len(self.log[place]), self.now, key, value)
        self.log[place].append(record)
        self.waiting[place].append(record)

    def settle(self, slice_records: int = 1) -> None:
        """Deliver until nobody has anything more to say."""
        while ready := [place for place, records in self.waiting.items() if records]:
            topic, number = self._chance.choice(ready)
            place, records = (topic, number), self.waiting[topic, number]
            slice = [records.popleft() for _ in range(min(len(records), slice_records))]
            shard = self.shards[place]
            changes = shard.fold(slice)
            shard.apply(changes)  # type: ignore[arg-type]
            self.refused += changes.dead_letters
            for sent in changes.outbox:
                self.sent.append(sent)
                if sent.topic in (Topic.EVENTS, Topic.SIGHTINGS):
                    self.append(sent.topic, sent.key, sent.value)

    @property
    def incidents(self) -> dict[str, Incident]:
        shards = (shard for shard in self.shards.values() if isinstance(shard, Incidents))
        return {id: one for shard in shards for id, one in shard.incidents.items()}

    @property
    def matters(self) -> Iterable[Matters]:
        return [shard for shard in self.shards.values() if isinstance(shard, Matters)]

    def __getitem__(self, subject: str) -> Incident:
        return self.incidents[f"field-reports:{subject}"]

    def open(self) -> dict[str, int]:
        """Return the open incidents' subjects, and how many were merged into each."""
        found = ((id.partition(":")[2], one) for id, one in self.incidents.items() if one.is_open)
        return {subject: sum(not child.away for child in one.children.values()) for subject, one in found}


def again(centre: Centre) -> Iterator[tuple[Matters, Matters]]:
    """Yield every fold of matters, and the same made anew of its log."""
    for place, shard in centre.shards.items():
        if isinstance(shard, Matters):
            made = Matters(shard.partition, CITY, ClockKind.WALL, partitions=centre.partitions)
            if centre.log[place]:
                made.apply(made.fold(centre.log[place]))
            yield shard, made
