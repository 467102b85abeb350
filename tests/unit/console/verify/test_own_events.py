"""`ioc verify` finds every event of the centre's own as often in the log as it was sent."""

import pytest

from console.verify.own_events import OwnEvents
from console.verify.recompute import recompute_incidents
from ioc.core.records import ClockKind, Position, Record
from ioc.core.times import HOUR, MINUTE
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, at, record

T = at("2026-04-14 08:00")
LOG = [
    record(0, "reported", T),
    record(1, "acknowledged", T + MINUTE),
    record(2, "noted", T + 9 * HOUR, subject="2"),  # by then four working hours have passed
]


def emitted(log: list[Record], clock: ClockKind = ClockKind.EVENT) -> Record:
    """Return what a partition that folds a log tells the incident, as a record of the log."""
    processor = IncidentProcessor(0, CITY, clock)
    for one in log:
        changes = processor.fold([one])
        processor.apply(changes)
    if clock is ClockKind.WALL:
        changes = processor.tick(T + 9 * HOUR, 10)
    (sent,) = changes.outbox
    return Record(len(log), T + 9 * HOUR, sent.key, sent.value, sent.headers)


def said(log: list[Record], clock: ClockKind = ClockKind.EVENT, moving: int = 0) -> list[str]:
    """Return what is said of a log whose last records are still in motion."""
    own = OwnEvents(log)
    before, later = Position(next=len(LOG) - moving), Position(next=len(LOG))
    own.expect(*recompute_incidents(IncidentProcessor(0, CITY, clock), LOG, before, later, 2))
    return list(own.differences())


def test_what_was_sent_is_there_once() -> None:
    assert said([*LOG, emitted(LOG)]) == []


@pytest.mark.parametrize("times", [0, 2])
def test_what_is_missing_or_there_twice_is_named_by_its_key_and_id(times: int) -> None:
    (told,) = said([*LOG, *[emitted(LOG)] * times])
    assert (
        told == f"own event field-reports:1/lapsed/2026-04-14T01:01:00.000Z was sent 1 times and is there {times} times"
    )


@pytest.mark.parametrize("there", [0, 1])
def test_what_is_sent_meanwhile_may_be_there_or_not(there: int) -> None:
    assert said([*LOG, *[emitted(LOG)] * there], moving=1) == []


def test_what_a_tick_sent_is_there_once_at_most() -> None:
    told = emitted(LOG, ClockKind.WALL)
    assert said([*LOG, told], ClockKind.WALL) == []
    assert len(said([*LOG, told, told], ClockKind.WALL)) == 1
