"""One partition of the city's events: incidents, items, windows, timers, position, and the fold of a slice of records.

No Kafka here. A fold leaves states, windows and position alone and returns the changes, which the journal writes in
one transaction and only then applies. Only the timers, an index of the states, move at once: a worker that could not
write its changes stops and builds them anew. A replay of the same records gives the same changes.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ioc.core.dead_letter import DeadLetter
from ioc.core.editions import Edition, in_force, settled
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.core.watermark import Watermark
from ioc.decider.decide import DeadlinePassed, Decision, decide, refused_at_the_door, settle_anew
from ioc.figures import item_contributions
from ioc.figures.aggregates import MINUTE_RETENTION, Aggregate, Cell, LocalDays, decode_key
from ioc.figures.contributions import contributions_of
from ioc.figures.delta import Delta
from ioc.figures.minute_index import MinuteIndex
from ioc.incident.event import Event
from ioc.incident.facts import Fact, Kind
from ioc.incident.lifecycle import KIN, OPEN, State
from ioc.incident.state import Incident
from ioc.office_records import items
from ioc.office_records.items import Item
from ioc.office_records.records import Booking
from ioc.processors.change_set import IncidentChangeSet
from ioc.processors.processor import Folded, SliceFold, put
from ioc.processors.reader import read_event
from ioc.processors.serde import decode_age, decode_aggregate, decode_gist, decode_incident, decode_item
from ioc.processors.state_store import StateStore
from ioc.processors.timers import Timers


class IncidentProcessor(Folded):
    """The state of one partition of so many, and the pure fold over it. `pending` counts incidents without a report."""

    input = Topic.EVENTS
    tables = (Topic.INCIDENTS, Topic.ITEMS, Topic.AGGREGATES)

    def begin(self) -> None:
        """Begin with no incident and no item."""
        self.pending = 0
        self.windows = LocalDays(self.catalogue.zone)
        self.incidents = StateStore(decode_incident)
        self.items = StateStore(decode_item)
        self.aggregates: dict[Cell, Aggregate] = {}
        self.ageing = Timers()
        self.minutes = MinuteIndex()

    @property
    def held(self) -> int:
        """How many incidents are held in memory."""
        return len(self.incidents)

    def put_back(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back a state or a window."""
        if topic is Topic.ITEMS:
            self.items.put(key.decode(), value)
        elif topic is Topic.AGGREGATES:
            put(self.aggregates, decode_key(key)[1], None if value is None else decode_aggregate(value))
        else:
            self.incidents.put(key.decode(), value)

    def index(self) -> None:
        """Build the timers and the index of minutes anew from states and windows that were put back."""
        self.pending, due = 0, dict[str, Instant]()
        for id, encoded in self.incidents.encoded():
            gist = decode_gist(encoded)
            self.pending += gist.state is State.PENDING
            if gist.next_at is not None:
                due[id] = gist.next_at
        self.timers = Timers(due)
        self.ageing = Timers((id, decode_age(encoded).last) for id, encoded in self.items.encoded())
        self.minutes = MinuteIndex()
        for cell in self.aggregates:
            self.minutes.add(cell)

    def fold(self, records: Sequence[Record]) -> IncidentChangeSet:
        """Return what a slice of records changes. Records already folded are the caller's to leave out."""
        fold = IncidentSliceFold(self)
        fold.changes.position = fold.take_all(records)
        fold.add_up()
        fold.expire()
        return fold.changes.seal()

    def tick(self, now: Instant, most: int, late_input: bool = False) -> IncidentChangeSet:
        """Return what the deadlines reached by `now` change, at most `most` of them."""
        fold = IncidentSliceFold(self)
        fold.now = now
        fold.fire(now, most, late_input)
        fold.add_up()
        return fold.changes.seal()

    def settle_anew(self, most: int, until: str | None = None) -> Iterator[IncidentChangeSet]:
        """Yield what a new edition of the catalogue changes, `most` open incidents at a time: nothing when none is new.

        Each must be applied before the next is asked for; who was interrupted goes on where the position says. `until`
        is the last incident that is settled, None for all.
        """
        editions = in_force(self.position.editions, self.catalogue.edition, self.position.next)
        done = editions[-1].settled_to
        if done is None:
            self.position = replace(self.position, editions=editions)
            return
        told = [] if editions == self.position.editions else [self._told_of(editions[-1])]
        ids = sorted(id for id in self._open() if done < id and _is_up_to(id, until))
        for start in range(0, len(ids) or 1, most):
            batch = ids[start : start + most]
            fold = IncidentSliceFold(self)
            fold.settle_anew(batch, editions[-1].cause)
            fold.add_up()
            to = batch[-1] if start + most < len(ids) else until
            fold.changes.position = replace(self.position, editions=settled(editions, to))
            fold.changes.facts += told
            yield fold.changes.seal()
            told = []

    def _open(self) -> Iterator[str]:
        return (id for id, encoded in self.incidents.encoded() if decode_gist(encoded).state in OPEN)

    def _told_of(self, edition: Edition) -> Fact:
        clock, changes = self.position.clock, {"edition": edition.edition, "first": edition.first}
        return Fact(f"{self.partition}/{edition.cause}", Kind.CATALOGUE, "", clock, clock, changes=changes)

    def apply(self, changes: IncidentChangeSet) -> None:
        """Take over changes that are safely written."""
        for id, encoded in changes.encoded[Topic.INCIDENTS].items():
            self.incidents.put(id, encoded, changes.incidents[id])
        for id, encoded in changes.encoded[Topic.ITEMS].items():
            self.items.put(id, encoded, changes.items[id])
        self.pending += changes.pending
        for cell, window in changes.aggregates.items():
            put(self.aggregates, cell, window)
            if window is None:
                self.minutes.drop(cell)
            else:
                self.minutes.add(cell)
        self.position = changes.position


def _is_up_to(id: str, until: str | None) -> bool:
    return until is None or id <= until


def _is_pending(incident: Incident | None) -> bool:
    return incident is not None and incident.state is State.PENDING


_STRAY = Rejection(
    Reason.WRONG_PARTITION,
    (FieldError("key", "sent to another partition than the key's: partition by murmur2, as Kafka's own clients do"),),
)


class IncidentSliceFold(SliceFold):
    """The fold of one slice: reads through to the shard, writes into its own changes.

    What a state adds to the windows depends on the state alone. So it is enough to keep how each was before the slice,
    and to add the difference once, at the end.
    """

    def __init__(self, shard: IncidentProcessor) -> None:
        super().__init__(shard.position, shard.policy)
        self.shard = shard
        self.by_wall = shard.clock is ClockKind.WALL
        self.changes = IncidentChangeSet(shard.position)
        self.incidents_before: dict[str, Incident | None] = {}
        self.items_before: dict[str, Item | None] = {}
        self.difference = Delta()

    def take(self, record: Record) -> bool:
        """Fold one record: read it, let the clock run to it, decide, note what changed."""
        event = read_event(record.key, record.value, record.headers)
        if self.by_wall and record.appended > self.now:
            self.now = record.appended
        if isinstance(event, Event):
            rejection = self._settle(record, event)
        elif isinstance(event, Booking):
            rejection = self._book(record, event)
        elif isinstance(event, Watermark):
            rejection = None
            self._run_to(event.time)
        else:
            rejection = event
        if rejection is None:
            return False
        self.changes.dead_letters.append(DeadLetter(record, rejection))
        return True

    def _settle(self, record: Record, event: Event) -> Rejection | None:
        """Fold an event of an incident, unless it is refused: one at the door must not move the events' own clock."""
        old, catalogue = self._incident(event.incident), self.shard.catalogue
        if old is None and self._is_stray(event.incident):
            return _STRAY
        if not self.by_wall:
            rejection = refused_at_the_door(event, event.time, catalogue)
            if rejection is not None:
                return rejection
            # What other incidents tell goes by their partition's clock, which may be ahead of what is folded here.
            if event.event_type not in KIN and self._live_through(event.time - 1, event.time):
                old = self._incident(event.incident)
        decision = decide(old, event, self.now, catalogue)
        self._keep(old, decision)
        if decision.duplicate:
            self._duplicate(record, event, event.incident)
        return decision.rejection

    def _book(self, record: Record, booking: Booking) -> Rejection | None:
        old, catalogue = self._item(booking.item), self.shard.catalogue
        if old is None and self._is_stray(booking.key):
            return _STRAY
        if not self.by_wall:
            rejection = items.refused_at_the_door(booking, booking.time, catalogue)
            if rejection is not None:
                return rejection
            self._live_through(booking.time - 1, booking.time)
        booked = items.book(old, booking, self.now, catalogue)
        if booked.duplicate:
            self._duplicate(record, booking, booking.item)
        elif booked.item is not None and booked.item is not old:
            if old is not None and items.is_past(old, self.now, catalogue):
                self._let_stand(old)
            self.items_before.setdefault(booking.item, old)
            self.changes.items[booking.item] = booked.item
            self.shard.ageing.set(booking.item, booked.item.last)
        return booked.rejection

    def _is_stray(self, key: str) -> bool:
        return partition_of(key.encode(), self.shard.partitions) != self.shard.partition

    def _run_to(self, time: Instant) -> None:
        """Let the events' own clock run to a moment that is marked: what is due at it comes to pass, too."""
        if not self.by_wall:
            self.fire(time, None, late_input=False)
            self.now = max(self.now, time)

    def _live_through(self, until: Instant, time: Instant) -> bool:
        """Let old data live through its own days: every deadline up to `until` comes to pass before it is `time`.

        True when there was any time to live through.
        """
        if time <= self.now:
            return False
        self.fire(until, None, late_input=False)
        self.now = time
        return True

    def _let_stand(self, past: Item) -> None:
        """Leave what an item added that is no longer kept: what comes under its name begins anew."""
        before = self.items_before.get(past.id, past)
        self.difference.move(item_contributions.contributions_of(before), item_contributions.contributions_of(past))
        self.items_before[past.id] = None

    def _duplicate(self, record: Record, event: Event | Booking, subject: str) -> None:
        self.duplicates += 1
        key = f"{self.shard.partition}:{record.offset}/{Kind.DUPLICATE}"
        self.changes.facts.append(
            Fact(key, Kind.DUPLICATE, subject, event.time, self.now, cause=f"{event.source}/{event.id}")
        )

    def settle_anew(self, ids: Sequence[str], cause: str) -> None:
        """Settle incidents by the catalogue in force."""
        for id in ids:
            old = self.shard.incidents[id]
            self._keep(old, settle_anew(old, cause, self.now, self.shard.catalogue))

    def fire(self, until: Instant, most: int | None, late_input: bool) -> None:
        """Announce the deadlines reached by `until`, each at its own moment when the events' clock rules."""
        fired = 0
        while most is None or fired < most:
            timer = self.shard.timers.take(until)
            if timer is None:
                return
            old = self._incident(timer.incident)
            now = max(timer.at, self.now) if not self.by_wall else until
            decision = decide(old, DeadlinePassed(timer.incident, late_input), now, self.shard.catalogue)
            self._keep(old, decision)
            fired += 1

    def _incident(self, id: str) -> Incident | None:
        return self.changes.incidents.get(id) or self.shard.incidents.find(id)

    def _keep(self, old: Incident | None, decision: Decision) -> None:
        changes, new = self.changes, decision.state
        changes.outbox += decision.emitted
        if new is None or new is old:
            return
        changes.incidents[new.id] = new
        changes.facts += decision.facts
        self.shard.timers.set(new.id, new.next_at)
        self.incidents_before.setdefault(new.id, old)

    def _item(self, id: str) -> Item | None:
        return self.changes.items.get(id) or self.shard.items.find(id)

    def add_up(self) -> None:
        """Add to the windows what the states have come to add since the slice began, and count what is pending."""
        for id, old in self.incidents_before.items():
            new = self.changes.incidents[id]
            self.difference.move(contributions_of(old), contributions_of(new))
            self.changes.pending += _is_pending(new) - _is_pending(old)
        for id, before in self.items_before.items():
            self.difference.move(
                item_contributions.contributions_of(before), item_contributions.contributions_of(self.changes.items[id])
            )
        horizon = self.now - MINUTE_RETENTION
        self.changes.aggregates = self.difference.added(self.shard.aggregates, self.shard.windows, horizon)

    def expire(self) -> None:
        """Let go of minute windows that are older than what the live views look back on, and of old items."""
        for cell in self.shard.minutes.before(self.now - MINUTE_RETENTION):
            self.changes.aggregates[cell] = None
        self._forget()

    def _forget(self) -> None:
        """Let go of the items of which nothing more can come."""
        while timer := self.shard.ageing.take(self.now - self.shard.catalogue.items_kept - 1):
            if timer.incident in self.shard.items:
                self.changes.items[timer.incident] = None
            else:
                self.changes.items.pop(timer.incident, None)
