"""What `ioc verify` finds: nothing in what the streams wrote, whenever it is read, and all that is changed in it."""

from collections.abc import Callable, Iterable
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from console.verify.diff import incident_differences
from console.verify.invariants import broken_invariants
from console.verify.recompute import recompute_incidents
from console.verify.snapshot import IncidentSnapshot, Inspection, refused_record
from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, SECOND, Instant
from ioc.figures.aggregates import Aggregate, Measure, WindowSize
from ioc.incident.facts import Fact, Kind
from ioc.incident.state import Incident
from ioc.office_records.records import Act
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, LOGS, at, booked, record

CLOCKS = list(ClockKind)
START = at("2026-04-14 08:00")
LATER = START + 3 * DAY
ID = "field-reports:1"
TICKET = "ticket/one-stop-shop:A-001"
# An incident that nobody has answered, one that is over, one that is not yet reported; a record that is none; a ticket.
LOG = [
    record(0, "reported", START, title="Cây đổ", ward="19753"),
    record(1, "reported", START, subject="2"),
    record(2, "resolved", START + HOUR, subject="2"),
    record(3, "noted", START + HOUR, subject="3"),
    Record(4, START + HOUR, b"somebody's key", b"Nguyen's words"),
    booked(Act.ISSUED, START + HOUR, offset=5),
    replace(record(6, "noted", LATER, subject="3"), appended=LATER),
]


class Streams:
    """A partition at work: what it has written so far, and when something about an incident was last written."""

    def __init__(self, clock: ClockKind) -> None:
        self.shard = IncidentProcessor(0, CITY, clock)
        list(self.shard.settle_anew(1))  # as a worker does that opens it
        self.facts: list[Fact] = []
        self.found = IncidentSnapshot(0)

    def take(self, changes: IncidentChangeSet, now: Instant) -> None:
        self.shard.apply(changes)
        self.found.facts += changes.facts
        self.found.dead_letters += map(refused_record, changes.dead_letters)
        for id in [*changes.incidents, *(fact.incident for fact in changes.facts)]:
            self.found.touch(id, now)

    def fold(self, *records: Record) -> None:
        self.take(self.shard.fold(records), records[-1].appended)

    def tick(self, upon: Record) -> None:
        """Announce what is due when a record comes."""
        if self.shard.clock is ClockKind.WALL:
            self.take(self.shard.tick(upon.appended, 1000), upon.appended)

    def read(self) -> IncidentSnapshot:
        """Return what an inspection finds when nothing is in motion."""
        shard, found = self.shard, self.found
        return IncidentSnapshot(
            0,
            dict(shard.incidents),
            {cell: window.copy() for cell, window in shard.aggregates.items()},
            [*found.facts],
            [*found.dead_letters],
            shard.position,
            shard.position,
            {**found.touched},
            items=dict(shard.items),
        )


def at_rest(clock: ClockKind) -> IncidentSnapshot:
    """Return what is found long after the log was folded and every deadline announced."""
    streams = Streams(clock)
    for one in LOG:
        streams.tick(one)
        streams.fold(one)
    streams.tick(LOG[-1])
    return streams.read()


def inspected(
    found: IncidentSnapshot, log: Iterable[Record] = LOG, clock: ClockKind = ClockKind.WALL, **began: Instant
) -> str:
    """Return all that is said about what was found, an hour after the last announcement unless told otherwise."""
    inspection = Inspection(clock, began.get("began", LATER + HOUR), MINUTE)
    shard = IncidentProcessor(0, CITY, clock)
    expected, motion = recompute_incidents(shard, list(log), found.position, found.later, 3, lambda _: CITY)
    return "\n".join(
        [
            *incident_differences(expected, motion, found, inspection),
            *broken_invariants(found, motion, inspection, CITY),
        ]
    )


@pytest.mark.parametrize("clock", CLOCKS)
def test_what_the_streams_wrote_is_right(clock: ClockKind) -> None:
    found = at_rest(clock)
    assert {fact.kind for fact in found.facts} > {Kind.WARNED, Kind.BREACHED, Kind.ESCALATED, Kind.RESOLVED}
    assert len(found.dead_letters) == 1
    assert inspected(found, clock=clock) == ""


def of_kind(found: IncidentSnapshot, kind: Kind) -> int:
    return next(place for place, fact in enumerate(found.facts) if fact.kind is kind)


def without(kind: Kind) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        del found.facts[of_kind(found, kind)]

    return change


def invented(kind: Kind, **changed: object) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        fact = found.facts[of_kind(found, kind)]
        found.facts.append(replace(fact, **{"id": f"{fact.id}9", **changed}))

    return change


def told_otherwise(kind: Kind, **changed: object) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        place = of_kind(found, kind)
        found.facts[place] = replace(found.facts[place], **changed)

    return change


def counted_once_more(measure: Measure, span: WindowSize) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        counts = (window.counts for cell, window in found.windows.items() if cell.span is span)
        next(of for of in counts if measure in of)[measure] += 1

    return change


def in_the_state(change: Callable[[Incident], dict[str, object]]) -> Callable[[IncidentSnapshot], None]:
    return lambda found: found.incidents.update({ID: replace(found.incidents[ID], **change(found.incidents[ID]))})


def setting(name: str, value: Callable[[IncidentSnapshot], object]) -> Callable[[IncidentSnapshot], None]:
    return lambda found: setattr(found, name, value(found))


TAMPERED: dict[str, tuple[Callable[[IncidentSnapshot], object], str]] = {
    "a fact is gone": (without(Kind.RESOLVED), "is missing"),
    "an escalation was never told": (without(Kind.ESCALATED), "is missing"),
    "a warning was never told": (without(Kind.WARNED), "is missing"),
    "an invented solution": (invented(Kind.RESOLVED), "should not be there"),
    "an invented escalation": (invented(Kind.ESCALATED), "should not be there"),
    "an escalation of nobody": (invented(Kind.ESCALATED, incident="field-reports:99"), "should not be there"),
    "the same fact again": (invented(Kind.RESOLVED, id="field-reports:2/x"), "should not be there"),
    "an escalation told twice": (lambda f: f.facts.append(f.facts[of_kind(f, Kind.ESCALATED)]), "was written 2 times"),
    "another verdict": (told_otherwise(Kind.RESOLVED, on_time=None), "differs in on_time"),
    "another level": (told_otherwise(Kind.ESCALATED, level=7), "differs"),
    "a breach on its due": (
        lambda f: told_otherwise(Kind.BREACHED, at=f.facts[of_kind(f, Kind.BREACHED)].due)(f),
        "due",
    ),
    "a count of a day": (counted_once_more(Measure.RECEIVED, WindowSize.DAY), "differs in counts"),
    "a count of a minute": (counted_once_more(Measure.RESOLVED, WindowSize.MINUTE), "differs in counts"),
    "escalations of a day": (counted_once_more(Measure.ESCALATED, WindowSize.DAY), "differs in counts"),
    "what stood open": (counted_once_more(Measure.OPEN, WindowSize.MINUTE), "differs in counts"),
    "what stood overdue": (counted_once_more(Measure.OVERDUE, WindowSize.DAY), "differs in counts"),
    "a level of a day": (counted_once_more(Measure.LADDER_2, WindowSize.DAY), "differs in counts"),
    "a window of nothing": (lambda f: f.windows.clear(), "is missing"),
    "another title": (in_the_state(lambda _: {"title": "Đèn hỏng"}), f"incident {ID} differs in title"),
    "an announcement unsaid": (
        in_the_state(lambda state: {"fired_steps": state.fired_steps[:-1]}),
        "should not be there",
    ),
    "an announcement said twice": (
        in_the_state(lambda s: {"fired_steps": (*s.fired_steps, s.fired_steps[-1])}),
        "was said 2 times",
    ),
    "no next deadline": (in_the_state(lambda _: {"next_at": 1}), f"{ID} does not wait for its next deadline"),
    "an incident is gone": (lambda found: found.incidents.pop(ID), f"incident {ID} is missing"),
    "an invented incident": (
        lambda found: found.incidents.update(x=replace(found.incidents[ID], id="x")),
        "incident x should not be there",
    ),
    "an item is gone": (lambda found: found.items.clear(), f"item {TICKET} is missing"),
    "an item of another day": (
        lambda found: found.items.update({TICKET: replace(found.items[TICKET], last=LATER)}),
        f"item {TICKET} differs in last",
    ),
    "a ticket counted twice": (counted_once_more(Measure.TICKETS, WindowSize.DAY), "differs in counts"),
    "a dead letter is gone": (lambda found: found.dead_letters.clear(), "dead letter 0:4 is missing"),
    "an invented dead letter": (
        lambda found: found.dead_letters.append((1, (b"x", None))),
        "dead letter 0:1 should not be there",
    ),
    "a dead letter came otherwise": (
        setting("dead_letters", lambda f: [(4, (b"somebody's key", b"other words"))]),
        "dead letter 0:4 differs",
    ),
    "a dead letter came twice": (lambda f: f.dead_letters.append(f.dead_letters[0]), "0:4 was written 2 times"),
    "a record nobody can read": (lambda f: f.unreadable.append("ioc.facts 0:9"), "ioc.facts 0:9 is not of"),
    "the position counts otherwise": (
        setting("position", lambda found: replace(found.position, refused=2)),
        "position of partition 0: refused differs",
    ),
    "the later position, too": (
        setting("later", lambda found: replace(found.later, duplicates=2)),
        "later position of partition 0: duplicates differs",
    ),
}


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(("change", "told"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_change_is_found_and_nothing_of_its_content_told(
    clock: ClockKind, change: Callable[[IncidentSnapshot], object], told: str
) -> None:
    found = at_rest(clock)
    change(found)
    said = inspected(found, clock=clock)
    assert told in said
    for content in ("Cây", "Đèn", "Nguyen", "words", "somebody"):
        assert content not in said


def test_a_deadline_that_was_never_announced_is_found() -> None:
    """Nobody ticked: states, facts and windows agree, but the breach has passed long ago."""
    streams = Streams(ClockKind.WALL)
    streams.fold(*LOG[:4])
    said = inspected(streams.read(), LOG[:4])
    assert said == f"incident {ID} has a deadline that passed and was never announced"


def test_a_deadline_may_be_announced_a_little_late() -> None:
    streams = Streams(ClockKind.WALL)
    streams.fold(LOG[0])
    due = streams.shard.timers.soonest()
    assert due is not None
    assert inspected(streams.read(), LOG[:1], began=due + 2 * MINUTE) == ""
    assert "never announced" in inspected(streams.read(), LOG[:1], began=due + 2 * MINUTE + 1)


def test_what_was_announced_just_now_is_not_looked_at() -> None:
    found = at_rest(ClockKind.WALL)
    without(Kind.ESCALATED)(found)
    counted_once_more(Measure.ESCALATED, WindowSize.DAY)(found)
    assert inspected(found, began=LATER + 9 * SECOND) == ""
    assert "is missing" in inspected(found, began=LATER + 10 * SECOND)
    assert "differs in counts" in inspected(found, began=LATER + 10 * SECOND)


def test_escalations_may_be_moving_to_another_unit() -> None:
    """They were counted on another day than the report, so that no count of the report's day tells of them."""
    log = [LOG[0], replace(LOG[-1], offset=1), record(2, "assigned", LATER + 1, unit="hepco")]
    streams = Streams(ClockKind.WALL)
    streams.fold(*log[:2])
    streams.tick(log[1])
    before = streams.read()
    streams.fold(log[2])
    found = streams.read()
    found.windows, found.position = before.windows, before.position
    assert inspected(found, log, began=LATER + MINUTE) != ""
    assert inspected(found, log, began=LATER + 1) == ""


def test_what_nothing_touches_is_compared_while_events_keep_coming() -> None:
    """The last event is about the third incident alone."""
    streams = Streams(ClockKind.EVENT)
    streams.fold(*LOG[:-1])
    found = streams.read()
    streams.fold(LOG[-1])
    found.later = streams.shard.position
    assert inspected(found, clock=ClockKind.EVENT) == ""
    found.incidents["field-reports:2"] = replace(found.incidents["field-reports:2"], priority="urgent")
    assert "incident field-reports:2 differs in priority" in inspected(found, clock=ClockKind.EVENT)
    found.incidents["field-reports:3"] = Incident("field-reports:3")
    assert "field-reports:3" not in inspected(found, clock=ClockKind.EVENT)


def test_how_much_was_refused_lately_is_not_compared() -> None:
    """An engineer who has looked at it resets it."""
    found = at_rest(ClockKind.EVENT)
    reset = {
        name: type(getattr(found.position, name))() for name in found.position.__struct_fields__ if name == "recent"
    }
    found.position = found.later = replace(found.position, **reset)
    assert inspected(found, clock=ClockKind.EVENT) == ""


@settings(max_examples=200)
@given(LOGS, st.sampled_from(CLOCKS), st.integers(0, 120), st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_whenever_it_is_read_what_the_streams_wrote_is_right(
    log: list[Record], clock: ClockKind, first: int, gaps: list[int]
) -> None:
    """Topics are read one after another, and between any two of them the streams may go on."""
    streams, moments = Streams(clock), [(IncidentSnapshot(0), log[0].appended)]
    for one in log:
        for step in (streams.tick, streams.fold, streams.tick):
            step(one)
            moments.append((streams.read(), one.appended))
    places = accumulate(gaps, initial=first % len(moments))
    before, windows, incidents, items, facts, later = (moments[min(place, len(moments) - 1)] for place in places)
    found = IncidentSnapshot(0, incidents[0].incidents, windows[0].windows, items=items[0].items)
    found.facts, found.dead_letters = facts[0].facts, facts[0].dead_letters
    found.position, found.later = before[0].position, later[0].later
    found.touched = facts[0].touched
    assert inspected(found, log, clock, began=before[1]) == ""


def test_an_empty_window_is_none() -> None:
    found = at_rest(ClockKind.WALL)
    found.windows[next(iter(found.windows))._replace(ward="nowhere")] = Aggregate()
    assert inspected(found) == ""
