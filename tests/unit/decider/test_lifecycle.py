"""The lifecycle: every move from every state, through the decision itself."""

import pytest

from ioc.core.rejections import Reason
from ioc.core.times import MINUTE
from ioc.decider.decide import Decision, decide
from ioc.incident.lifecycle import (
    CLOSED,
    COMMANDS,
    EVENT_TYPES,
    KIN,
    OPEN,
    OWN,
    TRANSITIONS,
    EventType,
    State,
    cloudevents_type,
    commands_in,
)
from ioc.incident.state import Incident
from tests.unit.samples import CITY, LATER, at, event, least_event

T = at("2026-04-14 08:00")
ROADS = {
    State.REPORTED: (EventType.REPORTED,),
    State.ACKNOWLEDGED: (EventType.REPORTED, EventType.ACKNOWLEDGED),
    State.ASSIGNED: (EventType.REPORTED, EventType.ASSIGNED),
    State.IN_PROGRESS: (EventType.REPORTED, EventType.STARTED),
    State.PAUSED: (EventType.REPORTED, EventType.PAUSED),
    State.RESOLVED: (EventType.REPORTED, EventType.RESOLVED),
    State.REOPENED: (EventType.REPORTED, EventType.RESOLVED, EventType.REOPENED),
    State.CANCELLED: (EventType.REPORTED, EventType.CANCELLED),
    State.REJECTED: (EventType.REPORTED, EventType.REJECTED),
    State.MERGED: (EventType.REPORTED, EventType.MERGED),
}
ALLOWED = [(state, event_type) for state in ROADS for event_type in EventType if state in TRANSITIONS[event_type]]
FORBIDDEN = [
    (state, event_type)
    for state in ROADS
    for event_type in EventType
    if state not in TRANSITIONS[event_type] and event_type not in OWN
]
TOO_LATE = [(state, event_type) for state in ROADS for event_type in OWN if state not in TRANSITIONS[event_type]]


def brought_to(state: State) -> Incident:
    incident: Incident | None = None
    for minute, event_type in enumerate(ROADS[state]):
        incident = decide(incident, least_event(event_type, T + minute * MINUTE), LATER, CITY).state
        if event_type is EventType.REPORTED:
            incident = decide(incident, least_event(EventType.DIRECTED, T, "d"), LATER, CITY).state
    assert incident is not None
    assert incident.state is state
    return incident


def shelved(incident: Incident) -> Incident:
    state = decide(incident, least_event(EventType.SHELVED, T + 9 * MINUTE), LATER, CITY).state
    assert state is not None
    assert state.is_shelved
    return state


def then(incident: Incident | None, event_type: EventType) -> Decision:
    return decide(incident, least_event(event_type, T + 10 * MINUTE, "next"), LATER, CITY)


@pytest.mark.parametrize(("state", "event_type"), ALLOWED)
def test_an_allowed_move_leads_where_the_table_says(state: State, event_type: EventType) -> None:
    before = brought_to(state)
    decision = then(shelved(before) if event_type is EventType.UNSHELVED else before, event_type)
    assert decision.rejection is None
    assert decision.state is not None
    assert decision.state.state is TRANSITIONS[event_type][state]
    assert decision.state.history[-1].refused is None


@pytest.mark.parametrize(("state", "event_type"), FORBIDDEN)
def test_any_other_move_is_illegal_and_moves_nothing(state: State, event_type: EventType) -> None:
    before = brought_to(state)
    decision = then(before, event_type)
    assert decision.rejection is not None
    assert decision.rejection.reason is Reason.ILLEGAL_MOVE
    assert f"'{event_type}'" in str(decision.rejection)
    assert state in str(decision.rejection)
    assert decision.state is not None
    refused = {entry.id: entry.refused for entry in decision.state.history if entry.refused is not None}
    assert refused == {"next": Reason.ILLEGAL_MOVE}
    after = {name: getattr(decision.state, name) for name in Incident.__struct_fields__}
    after |= {"history": before.history, "version": before.version}
    assert Incident(**after) == before


@pytest.mark.parametrize(("state", "event_type"), TOO_LATE)
def test_what_the_centre_tells_too_late_moves_nothing_and_is_no_dead_letter(
    state: State, event_type: EventType
) -> None:
    decision = then(brought_to(state), event_type)
    assert (decision.rejection, decision.facts) == (None, ())
    assert decision.state is not None
    assert decision.state.state is state
    assert decision.state.history[-1].refused is Reason.OVERTAKEN


def test_only_what_is_shelved_is_taken_from_the_shelf() -> None:
    decision = then(brought_to(State.REPORTED), EventType.UNSHELVED)
    assert decision.rejection is not None
    assert decision.rejection.reason is Reason.ILLEGAL_MOVE


@pytest.mark.parametrize(
    "event_type",
    [event_type for event_type in EventType if event_type is not EventType.REPORTED and event_type not in KIN],
)
def test_until_the_report_has_come_a_move_is_held(event_type: EventType) -> None:
    decision = then(None, event_type)
    assert decision.rejection is None
    assert decision.facts == ()
    assert decision.state is not None
    assert decision.state.state is State.PENDING
    assert [entry.refused for entry in decision.state.history] == [None]


def test_every_state_can_be_reached_and_is_open_or_closed() -> None:
    assert ROADS.keys() == OPEN | CLOSED == set(State) - {State.PENDING}
    assert not OPEN & CLOSED
    assert {state for to in TRANSITIONS.values() for state in to.values()} == ROADS.keys()


def test_a_closed_matter_is_reopened_or_stays_closed() -> None:
    """Nothing else revives it, and what was cancelled is over for good; what was merged can be one of its own again."""
    leaving = {
        (state, event_type)
        for state in CLOSED
        for event_type in EventType
        if TRANSITIONS[event_type].get(state, state) is not state
    }
    reopened = {(State.RESOLVED, EventType.REOPENED), (State.REJECTED, EventType.REOPENED)}
    assert leaving == {*reopened, (State.MERGED, EventType.UNMERGED)}


def test_a_pause_ends_by_resuming_or_by_an_end() -> None:
    leaving = {
        event_type
        for event_type in EventType
        if TRANSITIONS[event_type].get(State.PAUSED, State.PAUSED) is not State.PAUSED
    }
    assert leaving == {EventType.RESUMED, EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED}


def test_only_a_result_is_rated_and_only_a_report_begins() -> None:
    assert set(TRANSITIONS[EventType.RATED]) == {State.RESOLVED, State.MERGED}
    assert [event_type for event_type in EventType if State.PENDING in TRANSITIONS[event_type]] == [EventType.REPORTED]


def test_a_matter_can_be_noted_in_every_state() -> None:
    assert TRANSITIONS[EventType.NOTED].keys() == ROADS.keys()


@pytest.mark.parametrize("state", ROADS)
def test_the_commands_shown_are_those_the_fold_accepts(state: State) -> None:
    accepted = [name for name, event_type in COMMANDS.items() if then(brought_to(state), event_type).rejection is None]
    assert list(commands_in(state)) == accepted


@pytest.mark.parametrize("state", sorted(OPEN))
def test_the_commands_shown_of_what_is_shelved_are_those_the_fold_accepts(state: State) -> None:
    before = shelved(brought_to(state))
    accepted = [name for name, event_type in COMMANDS.items() if then(before, event_type).rejection is None]
    assert list(commands_in(state, shelved=True)) == accepted


@pytest.mark.parametrize("event_type", sorted(KIN))
def test_what_relatives_tell_is_heard_in_every_state_and_is_no_part_of_the_history(event_type: EventType) -> None:
    for state in ROADS:
        before = brought_to(state)
        decision = then(before, event_type)
        assert decision.rejection is None
        assert decision.state is not None
        assert (decision.state.state, decision.state.history) == (before.state, before.history)


def test_every_move_has_its_own_type() -> None:
    assert {cloudevents_type(event_type): event_type for event_type in EventType} == EVENT_TYPES
    assert cloudevents_type(EventType.STARTED) == "vn.ioc.incident.started.v1"


def test_of_two_reports_the_earlier_one_counts() -> None:
    first, second = event("reported", T, "b", title="one"), event("reported", T + MINUTE, "a", title="two")
    for order in ((first, second), (second, first)):
        state: Incident | None = None
        for one in order:
            state = decide(state, one, LATER, CITY).state
        assert state is not None
        assert (state.title, state.reported_at) == ("one", T)
        assert [entry.refused for entry in state.history] == [None, Reason.ILLEGAL_MOVE]
