"""The urgent path: several units at once, told at once, and nothing made less urgent in silence."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import SlaPolicy
from ioc.core.rejections import Reason
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, MINUTE
from ioc.decider.decide import Decision, decide
from ioc.decider.history import MAX_WORDS
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.state import Incident
from tests.unit.samples import CITY, LATER, at, essence, event

T = at("2026-04-18 23:00")  # a Saturday night
URGENT = event("reported", T, priority="urgent", unit="cay-xanh")
SILENT = event("updated", T + HOUR, "u1", priority="normal", ward="19753")
EXPLAINED = event("updated", T + 2 * HOUR, "u2", priority="high", actor="Ca trực 1", text="Nước đã rút")
INVOLVED = ("ioc", "van-phong-ubnd", "cong-an-tp")


def then(*events: Event, state: Incident | None = None, catalogue: Catalogue = CITY) -> Decision:
    facts: list[Fact] = []
    decision = Decision(state)
    for one in events:
        decision = decide(decision.state, one, LATER, catalogue)
        facts += decision.facts
    assert decision.state is not None
    return replace(decision, facts=tuple(facts))


def told(decision: Decision) -> list[tuple[FactKind, tuple[str, ...]]]:
    kinds = {FactKind.URGENT, FactKind.INVOLVED, FactKind.LOWERED}
    return [(fact.kind, fact.units) for fact in decision.facts if fact.kind in kinds]


def test_what_is_urgent_is_timed_at_night_and_on_sundays() -> None:
    state = then(URGENT).state
    assert state is not None
    clock = state.clock(TargetName.RESOLVE)
    assert clock is not None
    assert clock.due == T + 4 * HOUR


def test_an_urgent_report_brings_in_the_units_of_its_rule_and_tells_all_at_once() -> None:
    decision = then(URGENT)
    assert decision.state is not None
    assert decision.state.units == INVOLVED
    assert decision.state.unit == "cay-xanh", "who handles it is not changed"
    assert told(decision) == [(FactKind.URGENT, ("cay-xanh", *INVOLVED))]


def test_what_becomes_urgent_later_does_so_too() -> None:
    raised = then(event("reported", T, unit="cay-xanh"), event("updated", T + MINUTE, priority="urgent"))
    assert told(raised) == [(FactKind.URGENT, ("cay-xanh", *INVOLVED))]


def test_who_comes_to_it_later_is_told_alone() -> None:
    state = then(URGENT).state
    assigned = then(event("assigned", T + MINUTE, unit="pccc"), state=state)
    assert told(assigned) == [(FactKind.URGENT, ("pccc",))]
    directed = then(event("directed", T + HOUR, units=["pccc", "csgt"]), state=assigned.state)
    assert told(directed) == [(FactKind.URGENT, ("csgt",))]


def test_a_reopened_urgent_matter_is_told_again() -> None:
    state = then(URGENT, event("resolved", T + HOUR)).state
    again = then(event("reopened", T + 2 * HOUR), state=state)
    assert told(again) == [(FactKind.URGENT, ("cay-xanh", *INVOLVED))]


def test_it_is_not_lowered_in_silence() -> None:
    decision = then(URGENT, SILENT)
    assert decision.rejection is not None
    assert decision.rejection.reason is Reason.LOWERED_SILENTLY
    assert {fault.field for fault in decision.rejection.errors} == {"data.actor", "data.text"}
    assert decision.state is not None
    assert (decision.state.priority, decision.state.ward) == (Priority.URGENT, None)
    assert decision.state.history[-1].refused is Reason.LOWERED_SILENTLY


@pytest.mark.parametrize(("words", "missing"), [({"actor": "Lan"}, "text"), ({"text": "x", "actor": " \t"}, "actor")])
def test_both_who_and_why_are_said(words: dict[str, str], missing: str) -> None:
    rejection = then(URGENT, event("updated", T + HOUR, priority="low", **words)).rejection
    assert rejection is not None
    assert [fault.field for fault in rejection.errors] == [f"data.{missing}"]


def test_whoever_took_part_is_told_when_it_is_lowered() -> None:
    decision = then(EXPLAINED, state=then(URGENT).state)
    assert decision.rejection is None
    assert told(decision) == [(FactKind.LOWERED, ("cay-xanh", *INVOLVED))]
    assert decision.state is not None
    assert decision.state.priority is Priority.HIGH


def test_other_changes_of_what_is_urgent_need_no_reason() -> None:
    for change in ({"priority": "urgent"}, {"ward": "19753"}, {"unit": "pccc"}):
        assert then(URGENT, event("updated", T + HOUR, **change)).rejection is None
    assert then(event("reported", T, priority="high"), SILENT).rejection is None


def test_a_late_report_of_urgency_makes_what_was_lowered_in_silence_refused() -> None:
    """The order of time decides, not that of arrival."""
    raised = event("updated", T + MINUTE, "u0", priority="urgent")
    decision = then(event("reported", T), SILENT, raised)
    assert decision.state is not None
    assert decision.state.priority is Priority.URGENT
    corrected = next(fact for fact in decision.facts if fact.kind is FactKind.CORRECTED)
    assert corrected.changes is not None
    assert corrected.changes["judged_again"] == ["/hue/field-reports/u1: lowered_silently"]


def test_a_rule_that_is_not_urgent_can_bring_units_in_as_well() -> None:
    rules = [replace(rule, involve=("csgt",)) if rule.id == "field-reports" else rule for rule in CITY.rules.rules]
    town = replace(CITY, rules=SlaPolicy(tuple(rules)))
    decision = then(event("reported", T), catalogue=town)
    assert told(decision) == [(FactKind.INVOLVED, ("csgt",))]
    assert decision.state is not None
    assert decision.state.units == ("csgt",)


def test_the_reason_survives_however_many_words_come_after_it() -> None:
    """A late event has all judged again, by what is kept of the words."""
    words = "ế" * 8000
    notes = [event("noted", T + 3 * HOUR + n, event_id=f"n{n}", text=words) for n in range(MAX_WORDS // 24_000 + 5)]
    explained = event("updated", T + 2 * HOUR, "u2", priority="high", actor="  Lan ", text=" " * 100 + words)
    state = then(URGENT, explained, *notes).state
    assert state is not None
    kept = msgspec.json.decode(next(entry.data for entry in state.history if entry.id == "u2"))
    assert (kept["actor"], kept["text"]) == ("Lan", "ế" * 256)
    late = then(event("acknowledged", T + MINUTE, "late"), state=state).state
    assert late is not None
    assert late.priority is Priority.HIGH


LIFE = [
    URGENT,
    SILENT,
    EXPLAINED,
    event("updated", T + 3 * HOUR, "u3", priority="urgent"),
    event("updated", T + 4 * HOUR, "u4", priority="low", actor="Lan"),
    event("assigned", T + 30 * MINUTE, unit="pccc"),
    event("resolved", T + 5 * HOUR),
    event("reopened", T + 6 * HOUR),
]


@given(st.permutations(LIFE), st.lists(st.sampled_from(LIFE), max_size=5))
def test_any_order_and_any_duplicates_end_in_the_same_state(order: list[Event], again: list[Event]) -> None:
    found, expected = then(*order, *again), then(*LIFE)
    assert found.state is not None
    assert expected.state is not None
    assert essence(found.state) == essence(expected.state)
    assert len({fact.id for fact in found.facts}) == len(found.facts)
