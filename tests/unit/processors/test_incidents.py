"""The fold of a partition: in slices of any size, again, or after a restart, it writes the same bytes."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Self

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter_limit import RejectionCount
from ioc.core.records import ClockKind, Position, Record
from ioc.core.rejections import Reason
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.core.topics import Topic
from ioc.figures.aggregates import LocalDays, encode_key
from ioc.incident.facts import FactKind
from ioc.processors import serde
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, LATER, LOGS, at, body, essence, fresh_city, record, windows

CLOCKS = st.sampled_from(ClockKind)
CUTS = st.lists(st.integers(0, 30), max_size=8)


class WrittenLog:
    """A partition and all it has written so far, as bytes."""

    def __init__(self, clock: ClockKind, catalogue: Catalogue = CITY) -> None:
        self.processor = IncidentProcessor(0, catalogue, clock)
        self.facts: list[bytes] = []
        self.dead_letters: list[bytes] = []

    def take(self, changes: IncidentChangeSet) -> None:
        self.processor.apply(changes)
        self.facts += [serde.encode(fact) for fact in changes.facts]
        self.dead_letters += [serde.encode((dead.record.offset, dead.rejection)) for dead in changes.dead_letters]

    def fold(self, log: Sequence[Record], cuts: Iterable[int] = ()) -> Self:
        """Fold a log, cut into slices."""
        edges = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
        for start, end in pairwise(edges):
            self.take(self.processor.fold(log[start:end]))
        return self

    def restart(self) -> None:
        """Put back what was written, as a worker does that takes a partition over."""
        old = self.processor
        self.processor = IncidentProcessor(0, CITY, old.clock)
        for topic, states in ((Topic.INCIDENTS, old.incidents), (Topic.ITEMS, old.items)):
            for key, encoded in states.encoded():
                self.processor.restore(topic, key.encode(), encoded)
        windows = old.aggregates.items()
        self.processor.aggregates = {cell: serde.decode_aggregate(serde.encode(window)) for cell, window in windows}
        self.processor.position = serde.decode_position(serde.encode(old.position))
        self.processor.build_indexes()

    def bytes(self) -> list[bytes]:
        """Return everything: states and windows by their keys, the position, facts and dead letters as they came."""
        states = {key.encode(): serde.encode(incident) for key, incident in self.processor.incidents.items()}
        items = {key.encode(): serde.encode(item) for key, item in self.processor.items.items()}
        windows = {encode_key(0, cell): serde.encode(window) for cell, window in self.processor.aggregates.items()}
        tables = [key + b" " + value for key, value in sorted((states | items | windows).items())]
        return [*tables, serde.encode(self.processor.position), *self.facts, *self.dead_letters]


@given(LOGS, CLOCKS, CUTS)
def test_slices_of_any_size_write_the_same_bytes_as_one_record_at_a_time(
    log: list[Record], clock: ClockKind, cuts: list[int]
) -> None:
    assert WrittenLog(clock).fold(log, cuts).bytes() == WrittenLog(clock).fold(log, range(len(log))).bytes()


@given(LOGS, CLOCKS)
def test_a_replay_writes_the_same_bytes(log: list[Record], clock: ClockKind) -> None:
    """The first run has seen much before; the replay starts with nothing remembered."""
    replay = WrittenLog(clock, fresh_city())
    assert replay.fold(log).bytes() == WrittenLog(clock).fold(log).bytes()


@given(LOGS, CLOCKS, CUTS)
def test_a_partition_that_was_put_back_goes_on_the_same(log: list[Record], clock: ClockKind, cuts: list[int]) -> None:
    written, restarted = WrittenLog(clock), WrittenLog(clock)
    for cut in sorted({*cuts, len(log)}):
        start = written.processor.position.next
        written.fold(log[start:cut])
        restarted.restart()
        restarted.fold(log[start:cut])
    for partition in (written, restarted):
        partition.take(partition.processor.tick(LATER, 1000))
    assert restarted.bytes() == written.bytes()


@given(LOGS, CLOCKS)
def test_a_fold_changes_nothing_until_it_is_applied(log: list[Record], clock: ClockKind) -> None:
    half = len(log) // 2
    written = WrittenLog(clock).fold(log[:half])
    before = written.bytes()
    written.processor.fold(log[half:])
    assert written.bytes() == before


@given(LOGS, st.randoms(use_true_random=False))
def test_whatever_the_order_of_arrival_states_and_windows_end_the_same(log: list[Record], random: object) -> None:
    late = [replace(happening, appended=LATER) for happening in log]
    shuffled = sorted(late, key=lambda _: random.random())  # type: ignore[attr-defined]
    expected, shuffled_end = (WrittenLog(ClockKind.WALL).fold(order).processor for order in (late, shuffled))
    for processor in (expected, shuffled_end):  # open incidents count as overdue once announced, as a tick does at last
        processor.apply(processor.tick(LATER, 1000))
    for key in {*expected.incidents, *shuffled_end.incidents}:
        assert essence(expected.incidents[key]) == essence(shuffled_end.incidents[key])
    assert expected.items == shuffled_end.items
    assert windows(expected) == windows(shuffled_end)


def announced(*log: Record) -> list[tuple[FactKind, Instant]]:
    """Return the facts of a replay about the deadline of the solution, and when they were decided."""
    facts = [serde.decode_fact(fact) for fact in WrittenLog(ClockKind.EVENT).fold(log).facts]
    return [(fact.kind, fact.at) for fact in facts if fact.target == "resolve" or fact.kind is FactKind.RESOLVED]


def test_a_replay_announces_each_deadline_at_its_own_moment() -> None:
    due = at("2026-04-14 10:00")
    reported = record(0, "reported", at("2026-04-14 08:00"), due={"resolve": "2026-04-14T10:00:00+07:00"})
    assert announced(reported, record(1, "noted", due + 10 * HOUR, subject="2")) == [
        (FactKind.BREACHED, due + 1),
        (FactKind.ESCALATED, due + 1),
        (FactKind.ESCALATED, at("2026-04-14 16:00") + 1),
    ]
    assert announced(reported, record(1, "resolved", due)) == [(FactKind.RESOLVED, due)]
    assert announced(reported, record(1, "resolved", due + 2))[0] == (FactKind.BREACHED, due + 1)


def test_a_mark_of_time_lets_deadlines_pass_though_nothing_happens() -> None:
    due = at("2026-04-14 10:00")
    reported = record(0, "reported", at("2026-04-14 08:00"), due={"resolve": "2026-04-14T10:00:00+07:00"})
    for moment, announcements in ((due, []), (due + 1, [(FactKind.BREACHED, due + 1), (FactKind.ESCALATED, due + 1)])):
        mark = body("reported", moment, "m").replace(b"incident.reported", b"clock.asof")
        assert announced(reported, Record(1, 0, None, mark)) == announcements


def test_a_tick_announces_no_more_than_it_may_and_the_next_goes_on() -> None:
    log = [record(number, "reported", at("2026-04-14 08:00"), subject=str(number)) for number in range(5)]
    written = WrittenLog(ClockKind.WALL).fold(log)
    announced = []
    for _ in range(4):
        changes = written.processor.tick(LATER, 2)
        announced.append(len(changes.incidents))
        written.take(changes)
    assert announced == [2, 2, 1, 0]


def test_the_position_counts_what_was_folded_refused_and_seen_before() -> None:
    start = at("2026-04-14 08:00")
    log = [
        record(0, "reported", start),
        record(1, "reported", start),
        record(2, "resumed", start + MINUTE),
        record(3, "misspelt", start + MINUTE),
        Record(4, start - HOUR, None, b"nonsense"),
    ]
    changes = IncidentProcessor(0, CITY, ClockKind.WALL).fold(log)
    assert changes.position == Position(
        next=5, clock=start + MINUTE, folded=5, refused=3, duplicates=1, recent=RejectionCount(records=5, refused=3)
    )
    assert [(dead.record, dead.rejection.reason) for dead in changes.dead_letters] == [
        (log[2], Reason.ILLEGAL_MOVE),
        (log[3], Reason.UNKNOWN_TYPE),
        (log[4], Reason.NOT_JSON),
    ]


def test_a_catalogue_of_another_zone_has_its_days() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    processor.use_catalogue(replace(CITY, zone="Europe/Lisbon"))
    assert processor.local_days == LocalDays("Europe/Lisbon")
