"""Matters: what reports can be the same as, and the pure fold of sightings that finds it.

One partition holds all matters of the services and categories whose sightings come to it. No Kafka here. A fold leaves
states and position alone and returns the changes; only what is derived of them, the places and when each is forgotten,
moves at once. Nothing rests on when a tick comes: a replay of the same sightings gives the same answers.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from ioc.catalogue.duplicate_policy import Action
from ioc.core.dead_letter import DeadLetter
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Outgoing, Position, Record, Write
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import Priority
from ioc.core.times import Instant, is_instant_of_our_time
from ioc.core.topics import Topic
from ioc.decider.merging import MOST_CHILDREN
from ioc.duplicates.candidates import PART, Candidate, decode
from ioc.duplicates.clusters import Cluster, ClusterIndex, decode_matter
from ioc.duplicates.spatial_index import metres
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import emit, id_of
from ioc.incident.payloads import Merged, Proposed
from ioc.processors.processor import STRAY, Folded, SliceFold, put
from ioc.processors.timers import Timers

_encode = msgspec.json.Encoder().encode


class DuplicateChangeSet(Struct):
    """All that one slice of sightings changes; None forgets a matter."""

    position: Position
    matters: dict[str, Cluster | None] = field(default_factory=dict)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.matters or self.dead_letters or self.outbox)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield the matters."""
        items = self.matters.items()
        yield Topic.MATTERS, (Write(id.encode(), None if one is None else _encode(one)) for id, one in items)


_KEY = Rejection(Reason.WRONG_KEY, (FieldError("key", "differs from '<service>/<category>'"),))
_UNREADABLE = Rejection(Reason.INVALID, (FieldError("data", "no sighting"),))


class DuplicateProcessor(Folded):
    """The matters of one partition of so many."""

    input = Topic.SIGHTINGS
    tables = (Topic.MATTERS,)

    def begin(self) -> None:
        """Begin with no matter. Nothing is announced here: the timers stay empty."""
        self.matters: dict[str, Cluster] = {}
        self.index()

    @property
    def held(self) -> int:
        """How many matters are held in memory."""
        return len(self.matters)

    def put_back(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back a matter."""
        put(self.matters, key.decode(), None if value is None else decode_matter(value))

    def index(self) -> None:
        """Build the places, and when each matter is forgotten, anew."""
        self.ground, self.forgetting = ClusterIndex(), Timers()
        for id, matter in self.matters.items():
            self.ground.put(matter.seen)
            self.forgetting.set(id, matter.forgotten_at)

    def fold(self, records: Sequence[Record]) -> DuplicateChangeSet:
        """Return what a slice of records changes. Records already folded are the caller's to leave out."""
        fold = DuplicateSliceFold(self)
        fold.changes.position = fold.take_all(records)
        return fold.changes

    def tick(self, now: Instant, most: int, late_input: bool = False) -> DuplicateChangeSet:
        """Return no changes: matters are forgotten as sightings come."""
        return DuplicateChangeSet(self.position)

    def apply(self, changes: DuplicateChangeSet) -> None:
        """Take over changes that are safely written."""
        for id, matter in changes.matters.items():
            put(self.matters, id, matter)
        self.position = changes.position


class DuplicateSliceFold(SliceFold):
    """The fold of one slice: reads through to the shard, writes into its own changes."""

    def __init__(self, shard: DuplicateProcessor) -> None:
        super().__init__(shard.position, shard.policy)
        self.shard = shard
        self.changes = DuplicateChangeSet(shard.position)

    def take(self, record: Record) -> bool:
        """Fold one record: read it, forget what is over, and see what the report is the same as."""
        read = self._read(record)
        if isinstance(read, Rejection):
            self.changes.dead_letters.append(DeadLetter(record, read))
            return True
        self.now = max(self.now, record.appended if self.shard.clock is ClockKind.WALL else read.at)
        self._forget()
        self._see(read)
        return False

    def _read(self, record: Record) -> Candidate | Rejection:
        try:
            seen = decode(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _UNREADABLE
        if not (is_instant_of_our_time(seen.at) and is_instant_of_our_time(seen.reported_at)):
            return _UNREADABLE
        if record.key != seen.key.encode():
            return _KEY
        stray = partition_of(record.key, self.shard.partitions) != self.shard.partition
        return STRAY if stray else seen

    def _forget(self) -> None:
        while (timer := self.shard.forgetting.take(self.now)) is not None:
            self._keep(timer.incident, None)

    def _see(self, seen: Candidate) -> None:
        known = self._matter(seen.incident)
        if known is not None and known.seen.turn >= seen.turn:
            self.duplicates += 1
        elif seen.gone:
            self._keep(seen.incident, None)
        elif known is not None:
            self._keep(seen.incident, replace(known, seen=seen))
        elif seen.parent is None:
            same = self._same_as(seen) if seen.fresh else None
            if same is None:
                self._keep(seen.incident, Cluster(seen, seen.reported_at, seen.reported_at))
            else:
                self._answer(seen, same)

    def _same_as(self, report: Candidate) -> Cluster | None:
        """Return the nearest matter that a report can be the same as; of several so near the older."""
        found = (self._matter(id) for id in self.shard.ground.around(report))
        near = (
            (metres(report.lat, report.lon, one.seen.lat, one.seen.lon), one.first, one.seen.incident)
            for one in found
            if one is not None and one.holds(report) and self._is_open(one)
        )
        distance, _, incident = min(near, default=(report.radius_m + 1, 0, ""))
        return self._matter(incident) if distance <= report.radius_m else None

    def _is_open(self, one: Cluster) -> bool:
        """True unless it was itself merged into something that is no matter here: then nobody knows how that stands."""
        return one.seen.parent is None or self._matter(one.seen.parent) is not None

    def _answer(self, report: Candidate, same: Cluster) -> None:
        """Merge a report into what it is the same as, or propose it. It does not become a matter of its own."""
        into = same.seen.parent or same.seen.incident
        less_urgent = report.priority is Priority.URGENT and same.seen.priority is not Priority.URGENT
        asked = less_urgent or report.action is Action.PROPOSE
        event_type = EventType.PROPOSED if asked else EventType.MERGED
        said = (Proposed if asked else Merged)(into=into, by_rule=report.rule)
        id = id_of(report.incident, report.turn, event_type)
        self.changes.outbox.append(emit(PART, report.incident, event_type, report.at, id, said))
        joined = same.joined_by(report)
        self._keep(same.seen.incident, joined if joined.count < MOST_CHILDREN else None)

    def _matter(self, id: str) -> Cluster | None:
        return self.changes.matters[id] if id in self.changes.matters else self.shard.matters.get(id)

    def _keep(self, id: str, matter: Cluster | None) -> None:
        if matter is None and self._matter(id) is None:
            return
        self.changes.matters[id] = matter
        if matter is None:
            self.shard.ground.drop(id)
        else:
            self.shard.ground.put(matter.seen)
        self.shard.forgetting.set(id, None if matter is None else matter.forgotten_at)
