"""`ioc verify` finds all that is changed in what the streams wrote, and tells nothing of its content."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from console.verify.snapshot import IncidentSnapshot
from ioc.core.records import ClockKind
from ioc.figures.aggregates import Measure, WindowSize
from ioc.incident.facts import FactKind
from tests.unit.console.verify.partition_at_work import CLOCKS, ID, LATER, TICKET, at_rest, inspected
from tests.unit.console.verify.tampering import (
    counted_once_more,
    in_the_state,
    invented,
    of_kind,
    setting,
    told_otherwise,
    without,
)

TAMPERED: dict[str, tuple[Callable[[IncidentSnapshot], object], str]] = {
    "a fact is gone": (without(FactKind.RESOLVED), "is missing"),
    "an escalation was never told": (without(FactKind.ESCALATED), "is missing"),
    "a warning was never told": (without(FactKind.WARNED), "is missing"),
    "an invented solution": (invented(FactKind.RESOLVED), "should not be there"),
    "an invented escalation": (invented(FactKind.ESCALATED), "should not be there"),
    "an escalation of nobody": (invented(FactKind.ESCALATED, incident="field-reports:99"), "should not be there"),
    "the same fact again": (invented(FactKind.RESOLVED, id="field-reports:2/x"), "should not be there"),
    "an escalation told twice": (
        lambda f: f.facts.append(f.facts[of_kind(f, FactKind.ESCALATED)]),
        "was written 2 times",
    ),
    "another verdict": (told_otherwise(FactKind.RESOLVED, on_time=None), "differs in on_time"),
    "another level": (told_otherwise(FactKind.ESCALATED, level=7), "differs"),
    "a breach on its due": (
        lambda f: told_otherwise(FactKind.BREACHED, at=f.facts[of_kind(f, FactKind.BREACHED)].due)(f),
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
