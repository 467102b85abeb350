"""One partition of the city's incidents: its states, windows, timers and position, and the fold of a slice of records.

No Kafka here. A fold leaves states, windows and position alone and returns the changes, which the journal writes in
one transaction and only then applies. Only the timers, an index of the states, move at once: a worker that could not
write its changes stops and builds them anew. A replay of the same records gives the same changes.
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct, field

from ioc.aggregates import MINUTES_KEPT, Aggregate, Cell, Span, Windows, difference
from ioc.catalogue import Catalogue
from ioc.decide import DeadlinePassed, Decision, decide, refused_at_the_door
from ioc.errors import Fault, Reason, Refusal
from ioc.events import AsOf, Event, Headers, read_event
from ioc.facts import Fact, Kind
from ioc.incident import Incident
from ioc.lifecycle import State
from ioc.minutes import Minutes
from ioc.partitioner import partition_of
from ioc.refusals import RefusalPolicy, Refusals
from ioc.timers import Timers
from ioc.times import Instant
from ioc.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES


class ClockKind(StrEnum):
    """Whose clock rules: the wall's in operation, the events' own in a replay."""

    WALL = "wall"
    EVENT = "event"


class Record(Struct, frozen=True):
    """A record of the input as a fold sees it. `appended` is the broker's own time stamp (ms)."""

    offset: int
    appended: Instant
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Position(Struct, frozen=True, omit_defaults=True):
    """How far a partition has been folded. `next` is the offset of the first record not yet folded."""

    next: int = 0
    clock: Instant = 0
    folded: int = 0
    refused: int = 0
    duplicates: int = 0
    recent: Refusals = Refusals()


class DeadLetter(Struct, frozen=True):
    """A refused record, whole, and why."""

    record: Record
    refusal: Refusal

    @property
    def is_cut(self) -> bool:
        """True when the record is too large to be written again: unpacked it can be larger than any that gets in."""
        return len(self.record.value or b"") > MAX_RECORD_BYTES

    @property
    def value(self) -> bytes | None:
        """The record's value, or of one that is too large its beginning; the whole lies where it came from."""
        return (self.record.value or b"")[:MAX_EVENT_BYTES] if self.is_cut else self.record.value


class Changes(Struct):
    """All that one slice of records or one tick changes; written and applied whole, or not at all."""

    position: Position
    incidents: dict[str, Incident] = field(default_factory=dict)
    aggregates: dict[Cell, Aggregate] = field(default_factory=dict)
    expired: list[Cell] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.incidents or self.aggregates or self.expired or self.facts or self.dead_letters)


_POLICY = RefusalPolicy()


class Shard:
    """The state of one partition of so many, and the pure fold over it. `pending` counts incidents without a report."""

    def __init__(
        self,
        partition: int,
        catalogue: Catalogue,
        clock: ClockKind,
        policy: RefusalPolicy = _POLICY,
        partitions: int = 1,
    ) -> None:
        self.partition = partition
        self.partitions = partitions
        self.catalogue = catalogue
        self.clock = clock
        self.policy = policy
        self.pending = 0
        self.windows = Windows(catalogue.zone)
        self.incidents: dict[str, Incident] = {}
        self.aggregates: dict[Cell, Aggregate] = {}
        self.timers = Timers()
        self.position = Position()
        self.minutes = Minutes()

    def index(self) -> None:
        """Build the timers and the index of minutes anew from states and windows that were put back."""
        self.timers, self.minutes = Timers(), Minutes()
        self.pending = sum(_is_pending(incident) for incident in self.incidents.values())
        for incident in self.incidents.values():
            if incident.next_at is not None:
                self.timers.set(incident.id, incident.next_at)
        for cell in self.aggregates:
            self.minutes.add(cell)

    def fold(self, records: Sequence[Record]) -> Changes:
        """Return what a slice of records changes. Records already folded are the caller's to leave out."""
        fold = _Fold(self)
        for record in records:
            fold.take(record)
        fold.expire()
        fold.changes.position = fold.position(records[-1].offset + 1)
        return fold.changes

    def tick(self, now: Instant, most: int, late_input: bool = False) -> Changes:
        """Return what the deadlines reached by `now` change, at most `most` of them."""
        fold = _Fold(self)
        fold.now = now
        fold.fire(now, most, late_input)
        return fold.changes

    def apply(self, changes: Changes) -> None:
        """Take over changes that are safely written."""
        for id, incident in changes.incidents.items():
            self.pending += _is_pending(incident) - _is_pending(self.incidents.get(id))
        self.incidents.update(changes.incidents)
        self.aggregates.update(changes.aggregates)
        for cell in changes.aggregates:
            self.minutes.add(cell)
        for cell in changes.expired:
            self.aggregates.pop(cell, None)
            self.minutes.drop(cell)
        self.position = changes.position


def _is_pending(incident: Incident | None) -> bool:
    return incident is not None and incident.state is State.PENDING


_STRAY = Refusal(
    Reason.WRONG_PARTITION,
    (Fault("key", "sent to another partition than the key's: partition by murmur2, as Kafka's own clients do"),),
)


class _Fold:
    """The fold of one slice: reads through to the shard, writes into its own changes."""

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        self.changes = Changes(shard.position)
        self.now = shard.position.clock
        self.recent = shard.position.recent
        self.folded = self.duplicates = 0

    def position(self, next: int) -> Position:
        """Return how far the partition is folded with this slice."""
        before = self.shard.position
        return Position(
            next=next,
            clock=self.now,
            folded=before.folded + self.folded,
            refused=before.refused + len(self.changes.dead_letters),
            duplicates=before.duplicates + self.duplicates,
            recent=self.recent,
        )

    def take(self, record: Record) -> None:
        """Fold one record: read it, let the clock run to it, decide, note what changed."""
        event = self._admitted(read_event(record.key, record.value, record.headers))
        self._advance(event, record)
        self.folded += 1
        refused = len(self.changes.dead_letters)
        if isinstance(event, Event):
            self._settle(record, event)
        elif isinstance(event, Refusal):
            self._refuse(record, event)
        self.recent = self.shard.policy.after(self.recent, len(self.changes.dead_letters) > refused)

    def _admitted(self, event: Event | AsOf | Refusal) -> Event | AsOf | Refusal:
        """Return the event, or why it goes no further: the events' own clock must not be moved by one that does not."""
        shard = self.shard
        if not isinstance(event, Event):
            return event
        first = self._incident(event.incident) is None
        if first and partition_of(event.incident.encode(), shard.partitions) != shard.partition:
            return _STRAY
        if shard.clock is ClockKind.EVENT:
            return refused_at_the_door(event, event.time, shard.catalogue) or event
        return event

    def _advance(self, event: Event | AsOf | Refusal, record: Record) -> None:
        if self.shard.clock is ClockKind.WALL:
            self.now = max(self.now, record.appended)
        elif isinstance(event, AsOf):
            self.fire(event.time, None, late_input=False)
            self.now = max(self.now, event.time)
        elif isinstance(event, Event) and event.time > self.now:
            # Old data lives through its own days: every deadline before this event comes to pass before it.
            self.fire(event.time - 1, None, late_input=False)
            self.now = event.time

    def _settle(self, record: Record, event: Event) -> None:
        old = self._incident(event.incident)
        decision = decide(old, event, self.now, self.shard.catalogue)
        self._keep(old, decision)
        if decision.refusal is not None:
            self._refuse(record, decision.refusal)
        elif decision.duplicate:
            self._duplicate(record, event)

    def _duplicate(self, record: Record, event: Event) -> None:
        self.duplicates += 1
        key = f"{self.shard.partition}:{record.offset}/{Kind.DUPLICATE}"
        self.changes.facts.append(
            Fact(key, Kind.DUPLICATE, event.incident, event.time, self.now, cause=f"{event.source}/{event.id}")
        )

    def _refuse(self, record: Record, refusal: Refusal) -> None:
        self.changes.dead_letters.append(DeadLetter(record, refusal))

    def fire(self, until: Instant, most: int | None, late_input: bool) -> None:
        """Announce the deadlines reached by `until`, each at its own moment when the events' clock rules."""
        by_event = self.shard.clock is ClockKind.EVENT
        fired = 0
        while most is None or fired < most:
            timer = self.shard.timers.take(until)
            if timer is None:
                return
            old = self._incident(timer.incident)
            now = max(timer.at, self.now) if by_event else until
            decision = decide(old, DeadlinePassed(timer.incident, late_input), now, self.shard.catalogue)
            self._keep(old, decision)
            fired += 1

    def _incident(self, id: str) -> Incident | None:
        return self.changes.incidents.get(id) or self.shard.incidents.get(id)

    def _keep(self, old: Incident | None, decision: Decision) -> None:
        new = decision.state
        if new is None or new is old:
            return
        self.changes.incidents[new.id] = new
        self.changes.facts.extend(decision.facts)
        self.shard.timers.set(new.id, new.next_at)
        horizon = self.now - MINUTES_KEPT
        for changed in difference(old, new):
            for cell in self.shard.windows.cells(changed, horizon):
                self._aggregate(cell).add(changed.contribution, changed.sign)

    def _aggregate(self, cell: Cell) -> Aggregate:
        if cell not in self.changes.aggregates:
            known = self.shard.aggregates.get(cell)
            self.changes.aggregates[cell] = known.copy() if known is not None else Aggregate()
        return self.changes.aggregates[cell]

    def expire(self) -> None:
        """Let go of minute windows that are older than what the live views look back on."""
        horizon = self.now - MINUTES_KEPT
        expired = self.shard.minutes.before(horizon)
        fresh = [cell for cell in self.changes.aggregates if cell.span is Span.MINUTE and cell.start < horizon]
        for cell in fresh:
            del self.changes.aggregates[cell]
        self.changes.expired = [*expired, *(cell for cell in fresh if cell not in self.shard.aggregates)]
