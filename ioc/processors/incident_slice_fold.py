"""The fold of one slice of events and bookings into incidents, items and aggregates."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ioc.core.dead_letter import DeadLetter
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import Instant
from ioc.core.watermark import Watermark
from ioc.decider.decide import DeadlinePassed, Decision, admission_rejection, apply_catalogue, decide
from ioc.figures import item_contributions
from ioc.figures.aggregates import MINUTE_RETENTION
from ioc.figures.contributions import contributions_of
from ioc.figures.delta import Delta
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import KIN, State
from ioc.incident.state import Incident
from ioc.office_records import items
from ioc.office_records.items import Item
from ioc.office_records.records import Booking
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.reader import read_event
from ioc.processors.slice_fold import SliceFold

if TYPE_CHECKING:
    from ioc.processors.incidents import IncidentProcessor


# Producers of events are outside the house: they are told how to choose the partition.
_STRAY_EVENT = Rejection(
    Reason.WRONG_PARTITION,
    (FieldError("key", "sent to another partition than the key's: partition by murmur2, as Kafka's own clients do"),),
)


class IncidentSliceFold(SliceFold):
    """Reads through to the processor's states, and writes into `changes` alone.

    What a state contributes to the aggregates depends on the state alone. So it is enough to keep each state as it was
    before the slice, and to add the difference once, at the end.
    """

    def __init__(self, processor: "IncidentProcessor") -> None:
        super().__init__(processor.position, processor.dead_letter_limit)
        self.processor = processor
        self.by_wall = processor.clock is ClockKind.WALL
        self.changes = IncidentChangeSet(processor.position)
        self.incidents_before: dict[str, Incident | None] = {}
        self.items_before: dict[str, Item | None] = {}
        self.delta = Delta()

    def take(self, record: Record) -> bool:
        """Fold one record: read it, advance the clock to it, decide, and note what changed."""
        event = read_event(record.key, record.value, record.headers)
        if self.by_wall and record.appended > self.now:
            self.now = record.appended
        if isinstance(event, Event):
            rejection = self._fold_event(record, event)
        elif isinstance(event, Booking):
            rejection = self._fold_booking(record, event)
        elif isinstance(event, Watermark):
            rejection = None
            self._advance_clock(event.time)
        else:
            rejection = event
        if rejection is None:
            return False
        self.changes.dead_letters.append(DeadLetter(record, rejection))
        return True

    def _fold_event(self, record: Record, event: Event) -> Rejection | None:
        """Fold an event of an incident. One that is refused before it is folded must not move the events' own clock."""
        old, catalogue = self._incident(event.incident), self.processor.catalogue
        if old is None and not self.processor.owns(event.incident):
            return _STRAY_EVENT
        if not self.by_wall:
            rejection = admission_rejection(event, event.time, catalogue)
            if rejection is not None:
                return rejection
            # Events from other incidents carry the clock of their partition, which may be ahead of this one's.
            if event.event_type not in KIN and self._fire_before(event.time):
                old = self._incident(event.incident)
        decision = decide(old, event, self.now, catalogue)
        self._store(old, decision)
        if decision.duplicate:
            self._note_duplicate(record, event, event.incident)
        return decision.rejection

    def _fold_booking(self, record: Record, booking: Booking) -> Rejection | None:
        old, catalogue = self._item(booking.item), self.processor.catalogue
        if old is None and not self.processor.owns(booking.key):
            return _STRAY_EVENT
        if not self.by_wall:
            rejection = items.admission_rejection(booking, booking.time, catalogue)
            if rejection is not None:
                return rejection
            self._fire_before(booking.time)
        booked = items.book(old, booking, self.now, catalogue)
        if booked.duplicate:
            self._note_duplicate(record, booking, booking.item)
        elif booked.item is not None and booked.item is not old:
            if old is not None and items.is_forgotten(old, self.now, catalogue):
                self._leave_contributions(old)
            self.items_before.setdefault(booking.item, old)
            self.changes.items[booking.item] = booked.item
            self.processor.item_timers.set(booking.item, booked.item.last)
        return booked.rejection

    def _advance_clock(self, time: Instant) -> None:
        """Advance the events' own clock to a watermark, and announce what is due up to and at it."""
        if not self.by_wall:
            self.fire(time, None, late_input=False)
            self.now = max(self.now, time)

    def _fire_before(self, time: Instant) -> bool:
        """Announce every deadline before `time`, and set the clock to it: old data lives through its own days.

        True when the clock has moved.
        """
        if time <= self.now:
            return False
        self.fire(time - 1, None, late_input=False)
        self.now = time
        return True

    def _leave_contributions(self, past: Item) -> None:
        """Leave in the aggregates what an expired item contributed: a booking under its id begins another item."""
        before = self.items_before.get(past.id, past)
        self.delta.move(item_contributions.contributions_of(before), item_contributions.contributions_of(past))
        self.items_before[past.id] = None

    def _note_duplicate(self, record: Record, event: Event | Booking, subject: str) -> None:
        self.duplicates += 1
        key = f"{self.processor.partition}:{record.offset}/{FactKind.DUPLICATE}"
        self.changes.facts.append(
            Fact(key, FactKind.DUPLICATE, subject, event.time, self.now, cause=f"{event.source}/{event.id}")
        )

    def reevaluate(self, incident_ids: Sequence[str], cause: str) -> None:
        """Evaluate incidents by the catalogue in force; `cause` names its change."""
        for incident_id in incident_ids:
            old = self.processor.incidents[incident_id]
            self._store(old, apply_catalogue(old, cause, self.now, self.processor.catalogue))

    def fire(self, deadline: Instant, limit: int | None, late_input: bool) -> None:
        """Announce what is due up to `deadline`, of at most `limit` incidents.

        When the events' clock rules, each is announced at its own time.
        """
        fired = 0
        while limit is None or fired < limit:
            timer = self.processor.timers.take(deadline)
            if timer is None:
                return
            old = self._incident(timer.key)
            now = max(timer.at, self.now) if not self.by_wall else deadline
            decision = decide(old, DeadlinePassed(timer.key, late_input), now, self.processor.catalogue)
            self._store(old, decision)
            fired += 1

    def _incident(self, incident_id: str) -> Incident | None:
        return self.changes.incidents.get(incident_id) or self.processor.incidents.find(incident_id)

    def _store(self, old: Incident | None, decision: Decision) -> None:
        changes, new = self.changes, decision.state
        changes.outbox += decision.emitted
        if new is None or new is old:
            return
        changes.incidents[new.id] = new
        changes.facts += decision.facts
        self.processor.timers.set(new.id, new.next_at)
        self.incidents_before.setdefault(new.id, old)

    def _item(self, item_id: str) -> Item | None:
        return self.changes.items.get(item_id) or self.processor.items.find(item_id)

    def aggregate(self) -> None:
        """Add to the aggregates what the states contribute more than before the slice, and count what is pending."""
        for incident_id, old in self.incidents_before.items():
            new = self.changes.incidents[incident_id]
            self.delta.move(contributions_of(old), contributions_of(new))
            self.changes.pending += _is_pending(new) - _is_pending(old)
        for item_id, before in self.items_before.items():
            after = self.changes.items[item_id]
            self.delta.move(item_contributions.contributions_of(before), item_contributions.contributions_of(after))
        horizon = self.now - MINUTE_RETENTION
        processor = self.processor
        self.changes.aggregates = self.delta.updated_windows(processor.aggregates, processor.local_days, horizon)

    def expire(self) -> None:
        """Drop the minutes that no live view looks back on any more, and expired items."""
        for cell in self.processor.minute_index.before(self.now - MINUTE_RETENTION):
            self.changes.aggregates[cell] = None
        self._expire_items()

    def _expire_items(self) -> None:
        """Drop the items about which no booking can come any more."""
        while timer := self.processor.item_timers.take(self.now - self.processor.catalogue.items_kept - 1):
            if timer.key in self.processor.items:
                self.changes.items[timer.key] = None
            else:
                self.changes.items.pop(timer.key, None)


def _is_pending(incident: Incident | None) -> bool:
    return incident is not None and incident.state is State.PENDING
