"""Merged incidents and their parents: what each gets to know of the other, and what follows from it."""

import unicodedata

import pytest
from msgspec.structs import replace

from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.scalars import TargetName
from ioc.core.times import DAY, HOUR, MINUTE, to_rfc3339
from ioc.core.topics import MAX_STATE_BYTES
from ioc.decider import merging
from ioc.decider.decide import decide
from ioc.decider.history import MAX_HISTORY
from ioc.figures.aggregates import Aggregate, Measure
from ioc.figures.contributions import own_contributions
from ioc.incident.facts import FactKind
from ioc.incident.kinship import Child
from ioc.incident.lifecycle import EventType, State
from ioc.incident.payloads import Unmerged
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.serde import encode
from tests.unit.decider.incident_network import (
    MERGED,
    A,
    B,
    C,
    IncidentNetwork,
    T,
    happened,
    network_of,
    read,
    reported,
)
from tests.unit.samples import CITY, LATER, body, record


def test_a_parent_knows_its_children_and_they_follow_it() -> None:
    network = network_of(*MERGED)
    assert network.children(A) == {B}
    assert (network[B].state, network[B].outcome) == (State.MERGED, None)
    network.take(happened(A, "resolved", T + HOUR))
    network.deliver()
    assert (network[B].state, network[B].outcome, network[B].fate.ended_at) == (State.MERGED, State.RESOLVED, T + HOUR)
    network.take(happened(A, "reopened", T + 2 * HOUR))
    network.deliver()
    assert network[B].outcome is None


def test_a_report_that_joins_a_closed_matter_is_told_at_once_how_it_ended() -> None:
    network = network_of(
        reported(A), happened(A, "cancelled", T + HOUR), reported(B), happened(B, "merged", T + 2 * HOUR, into=A)
    )
    assert network[B].outcome is State.CANCELLED


def test_a_report_newer_than_the_end_of_the_matter_is_sent_back_to_be_looked_for_anew() -> None:
    late = reported(B, T + 2 * HOUR), happened(B, "merged", T + 2 * HOUR + MINUTE, into=A)
    resolved = happened(A, "resolved", T + HOUR)
    for order in ((reported(A), resolved, *late), (reported(A), *late, resolved), (*late, resolved, reported(A))):
        network = network_of(*order)
        assert (network[B].state, network[B].parent, network[B].closed_at) == (State.REPORTED, None, None)
        assert network.children(A) == set()
        assert network.refused == []
        sent = next(event for event in network.sent if event.event_type is EventType.UNMERGED)
        assert (sent.source, sent.time) == ("/operations-centre/families/field-reports", T + 2 * HOUR + MINUTE + 1)
        assert sent.payload == Unmerged(afresh=True)


def test_unmerged_it_is_reported_and_its_clocks_ran_all_the_time() -> None:
    alone = decide(None, reported(B, T + MINUTE), LATER, CITY).state
    network = network_of(*MERGED, happened(B, "rated", T + HOUR, score=5), happened(B, "unmerged", T + 3 * HOUR))
    assert alone is not None
    assert network[B].state is State.REPORTED
    assert network[B].clocks == alone.clocks
    assert network[B].next_at == alone.next_at
    assert (network[B].score, network[B].rated_at) == (None, None)
    assert network.children(A) == set()


def test_children_follow_through_a_parent_that_was_merged_itself() -> None:
    network = network_of(
        *MERGED, reported(C), happened(C, "merged", T + HOUR, into=B), happened(A, "resolved", T + 2 * HOUR)
    )
    assert (network[C].parent, network[C].outcome) == (B, State.RESOLVED)
    assert [event.payload.generation for event in network.sent if event.event_type is EventType.FOLLOWED] == [1, 2]  # type: ignore[attr-defined]


def test_of_two_that_were_merged_into_each_other_one_steps_out() -> None:
    for seed in range(20):
        network = IncidentNetwork(seed)
        network.take(
            reported(A),
            reported(B),
            happened(A, "merged", T + MINUTE, into=B),
            happened(B, "merged", T + MINUTE, into=A),
        )
        network.deliver()
        assert [(network[key].state, network[key].parent) for key in (A, B)] == [
            (State.REPORTED, None),
            (State.MERGED, A),
        ]
        assert (network.children(A), network.children(B)) == ({B}, set())


def test_news_that_goes_in_a_circle_comes_to_rest() -> None:
    network = network_of(*(reported(key) for key in (A, B, C)), happened(C, "resolved", T + HOUR))
    ring = {A: B, B: C}
    network.take(*(happened(key, "merged", T + 2 * HOUR, into=into) for key, into in ring.items()))
    network.deliver()
    network.take(happened(C, "reopened", T + 3 * HOUR), happened(C, "merged", T + 4 * HOUR, into=A))
    network.deliver()


def test_nothing_is_merged_into_itself() -> None:
    for event_type in ("merged", "proposed"):
        rejection = read_event(B.encode(), body(event_type, T, "x", "2", into=B))
        assert isinstance(rejection, Rejection)
        assert str(rejection) == "invalid: data.into: is the incident itself"


def test_a_parent_that_is_full_sends_the_next_one_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MAX_CHILDREN", 1)
    network = network_of(*MERGED, reported(C), happened(C, "merged", T + HOUR, into=A))
    assert (network[C].state, network.children(A)) == (State.REPORTED, {B})


def test_a_state_fits_into_its_record_however_long_the_ids_of_its_children_are() -> None:
    def child(number: int) -> str:
        return f"field-reports:{number:\x01>256}"

    parent = replace(network_of(reported(A))[A], children={child(number): Child(1, T, T) for number in range(1100)})
    for number in range(1100, 1300):
        moments = {"reported_at": to_rfc3339(T), "merged_at": to_rfc3339(T)}
        decision = decide(parent, happened(A, "joined", T, child=child(number), turn=1, **moments), LATER, CITY)
        assert decision.state is not None
        parent = decision.state
    assert child(1100) in parent.children
    assert [read(sent).event_type for sent in decision.emitted] == [EventType.UNMERGED]
    left = decide(parent, happened(A, "left", T, child=child(1299), turn=2), LATER, CITY).state
    assert left is not None
    assert child(1299) not in left.children
    assert len(encode(parent)) < MAX_STATE_BYTES / 2


def test_a_report_whose_history_is_full_can_still_be_sent_back() -> None:
    full = network_of(reported(B), *(happened(B, "resumed", T + number) for number in range(1, MAX_HISTORY)))
    full.take(happened(B, "merged", T + HOUR, into=A), happened(A, "cancelled", T - MINUTE), reported(A, T - HOUR))
    full.deliver()
    assert (full[B].state, full.children(A)) == (State.REPORTED, set())
    assert {rejection.reason for rejection in full.refused} == {Reason.ILLEGAL_MOVE}


def test_a_proposal_stands_until_it_is_declined_or_taken() -> None:
    network = network_of(reported(A), reported(B), happened(B, "proposed", T + MINUTE, into=A))
    assert (network[B].state, network[B].proposed) == (State.REPORTED, A)
    declined = network_of(reported(B), happened(B, "proposed", T + MINUTE, into=A), happened(B, "declined", T + HOUR))
    assert declined[B].proposed is None
    network.take(happened(B, "merged", T + HOUR, into=A))
    assert (network[B].proposed, network[B].parent) == (None, A)


def counts_of(incident: Incident) -> dict[Measure, int]:
    sums = Aggregate()
    for _, measure, value in own_contributions(incident):
        sums.add(measure, value)
    return sums.counts


def test_a_child_counts_as_merged_alone_and_what_its_citizen_says_once_there_is_a_result() -> None:
    network = network_of(*MERGED, happened(B, "rated", T + HOUR, score=2))
    assert counts_of(network[B]) == {Measure.RECEIVED: 1, Measure.MERGED: 1}
    network.take(happened(A, "resolved", T + 2 * HOUR))
    network.deliver()
    rated = {Measure.RATED: 1, Measure.SCORED: 1, Measure.SCORE: 2, Measure.DISSATISFIED: 1}
    assert counts_of(network[B]) == {Measure.RECEIVED: 1, Measure.MERGED: 1, **rated}


def test_the_end_of_the_matter_is_told_as_a_fact_of_each_child() -> None:
    network = network_of(*MERGED)
    (sent,) = network.take(happened(A, "resolved", T + HOUR)).emitted
    facts = network.take(read(sent)).facts
    assert [(fact.kind, fact.incident, fact.changes) for fact in facts] == [
        (FactKind.FOLLOWED, B, {"parent": A, "outcome": State.RESOLVED})
    ]


def test_what_children_say_is_no_part_of_their_parents_history() -> None:
    parent: Incident | None = decide(None, reported(A), LATER, CITY).state
    for number in range(2000):
        joined = {"child": f"field-reports:{number + 10}", "turn": 1, "reported_at": "2026-04-14T01:00:00Z"}
        parent = decide(parent, happened(A, "joined", T, merged_at="2026-04-14T01:00:00Z", **joined), LATER, CITY).state
    assert parent is not None
    assert len(parent.children) == 2000
    assert parent.history == (parent.history[0],)


def test_every_refusal_of_a_command_is_typed() -> None:
    network = network_of(reported(A), happened(A, "unmerged", T + HOUR))
    assert [rejection.reason for rejection in network.refused] == [Reason.ILLEGAL_MOVE]
    assert TargetName.RESOLVE in {clock.target for clock in network[A].clocks}


def test_an_incident_is_found_under_the_very_id_it_has() -> None:
    decomposed = unicodedata.normalize("NFD", "field-reports:bãi-xép")
    for parent, child in ((A, decomposed), (decomposed, A)):
        network = network_of(reported(parent), reported(child), happened(child, "merged", T + MINUTE, into=parent))
        network.take(happened(parent, "resolved", T + HOUR, text="bãi"))
        network.deliver()
        assert set(network.incidents) == {parent, child}
        assert network.children(parent) == {child}
        assert network[child].outcome is State.RESOLVED


def test_in_a_replay_a_relative_may_be_days_ahead() -> None:
    child = IncidentProcessor(0, CITY, ClockKind.EVENT)
    at_once = [record(0, "reported", T, subject="2"), record(1, "merged", T + 2 * DAY, subject="2", into=A)]
    (joined,) = (outgoing for outgoing in child.fold(at_once).outbox if outgoing.key == A.encode())
    parent = IncidentProcessor(0, CITY, ClockKind.EVENT)
    parent.apply(parent.fold([record(0, "reported", T)]))
    changes = parent.fold([Record(1, T, joined.key, joined.value, joined.headers)])
    assert changes.dead_letters == []
    assert set(changes.incidents[A].children) == {B}
    assert changes.position.clock == T, "what others tell does not move the clock"
