"""Merged incidents and their parents: in whatever order they hear of each other, they agree in the end."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.scalars import TargetName
from ioc.core.times import DAY, HOUR, MINUTE, Instant, to_rfc3339
from ioc.core.topics import MAX_STATE_BYTES
from ioc.decider import merging
from ioc.decider.decide import Decision, decide
from ioc.decider.history import MAX_HISTORY
from ioc.figures.aggregates import Aggregate, Measure
from ioc.figures.contributions import own_contributions
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.incident.kinship import Child
from ioc.incident.lifecycle import EventType, State
from ioc.incident.payloads import Unmerged
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.serde import encode
from tests.unit.samples import CITY, LATER, at, body, event, record

T = at("2026-04-14 08:00")
A, B, C = "field-reports:1", "field-reports:2", "field-reports:3"


def read(sent: Outgoing) -> Event:
    found = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(found, Event), found
    return found


class Town:
    """All incidents, and the events of their own making that are still under way. Delivers these in any order."""

    def __init__(self, seed: int = 0) -> None:
        self.incidents: dict[str, Incident] = {}
        self.under_way: list[Event] = []
        self.sent: list[Event] = []
        self.refused: list[Rejection] = []
        self._chance = Random(seed)

    def take(self, *events: Event) -> Decision:
        for one in events:
            decision = decide(self.incidents.get(one.incident), one, LATER, CITY)
            if decision.state is not None:
                self.incidents[one.incident] = decision.state
            if decision.rejection is not None:
                self.refused.append(decision.rejection)
            emitted = [read(sent) for sent in decision.emitted]
            self.sent += emitted
            self.under_way += emitted
        return decision

    def deliver(self, most: int = 10_000) -> None:
        """Deliver what is under way, the last sent as well before the first, and some of it twice."""
        for _ in range(most):
            if not self.under_way:
                return
            one = self.under_way.pop(self._chance.randrange(len(self.under_way)))
            self.take(*[one] * self._chance.choice((1, 1, 2)))
            if self._chance.random() < 0.3:
                self.take(self._chance.choice(self.sent))
        assert most < 10_000, "they never stop telling each other"

    def __getitem__(self, id: str) -> Incident:
        return self.incidents[id]

    def children(self, id: str) -> set[str]:
        return {child for child, known in self[id].children.items() if not known.away}


def reported(id: str, time: Instant = T, **data: Any) -> Event:
    return event("reported", time, subject=id.partition(":")[2], **data)


def told(id: str, event_type: str, time: Instant, **data: Any) -> Event:
    return event(event_type, time, f"{event_type}-{time}-{id}", subject=id.partition(":")[2], **data)


def town(*events: Event) -> Town:
    made = Town()
    for one in events:
        made.take(one)
        made.deliver()
    return made


MERGED = (reported(A), reported(B, T + MINUTE), told(B, "merged", T + 2 * MINUTE, into=A))


def test_a_parent_knows_its_children_and_they_follow_it() -> None:
    made = town(*MERGED)
    assert made.children(A) == {B}
    assert (made[B].state, made[B].outcome) == (State.MERGED, None)
    made.take(told(A, "resolved", T + HOUR))
    made.deliver()
    assert (made[B].state, made[B].outcome, made[B].fate.ended_at) == (State.MERGED, State.RESOLVED, T + HOUR)
    made.take(told(A, "reopened", T + 2 * HOUR))
    made.deliver()
    assert made[B].outcome is None


def test_a_report_that_joins_a_closed_matter_is_told_at_once_how_it_ended() -> None:
    made = town(reported(A), told(A, "cancelled", T + HOUR), reported(B), told(B, "merged", T + 2 * HOUR, into=A))
    assert made[B].outcome is State.CANCELLED


def test_a_report_newer_than_the_end_of_the_matter_is_sent_back_to_be_looked_for_anew() -> None:
    late = reported(B, T + 2 * HOUR), told(B, "merged", T + 2 * HOUR + MINUTE, into=A)
    resolved = told(A, "resolved", T + HOUR)
    for order in ((reported(A), resolved, *late), (reported(A), *late, resolved), (*late, resolved, reported(A))):
        made = town(*order)
        assert (made[B].state, made[B].parent, made[B].closed_at) == (State.REPORTED, None, None)
        assert made.children(A) == set()
        assert made.refused == []
        sent = next(one for one in made.sent if one.event_type is EventType.UNMERGED)
        assert (sent.source, sent.time) == ("/operations-centre/families/field-reports", T + 2 * HOUR + MINUTE + 1)
        assert sent.payload == Unmerged(afresh=True)


def test_unmerged_it_is_reported_and_its_clocks_ran_all_the_time() -> None:
    alone = decide(None, reported(B, T + MINUTE), LATER, CITY).state
    made = town(*MERGED, told(B, "rated", T + HOUR, score=5), told(B, "unmerged", T + 3 * HOUR))
    assert alone is not None
    assert made[B].state is State.REPORTED
    assert made[B].clocks == alone.clocks
    assert made[B].next_at == alone.next_at
    assert (made[B].score, made[B].rated_at) == (None, None)
    assert made.children(A) == set()


def test_children_follow_through_a_parent_that_was_merged_itself() -> None:
    made = town(*MERGED, reported(C), told(C, "merged", T + HOUR, into=B), told(A, "resolved", T + 2 * HOUR))
    assert (made[C].parent, made[C].outcome) == (B, State.RESOLVED)
    assert [one.payload.generation for one in made.sent if one.event_type is EventType.FOLLOWED] == [1, 2]  # type: ignore[attr-defined]


def test_of_two_that_were_merged_into_each_other_one_steps_out() -> None:
    for seed in range(20):
        made = Town(seed)
        made.take(
            reported(A), reported(B), told(A, "merged", T + MINUTE, into=B), told(B, "merged", T + MINUTE, into=A)
        )
        made.deliver()
        assert [(made[id].state, made[id].parent) for id in (A, B)] == [(State.REPORTED, None), (State.MERGED, A)]
        assert (made.children(A), made.children(B)) == ({B}, set())


def test_news_that_goes_in_a_circle_comes_to_rest() -> None:
    made = town(*(reported(id) for id in (A, B, C)), told(C, "resolved", T + HOUR))
    ring = {A: B, B: C}
    made.take(*(told(id, "merged", T + 2 * HOUR, into=into) for id, into in ring.items()))
    made.deliver()
    made.take(told(C, "reopened", T + 3 * HOUR), told(C, "merged", T + 4 * HOUR, into=A))
    made.deliver()


def test_nothing_is_merged_into_itself() -> None:
    for event_type in ("merged", "proposed"):
        rejection = read_event(B.encode(), body(event_type, T, "x", "2", into=B))
        assert isinstance(rejection, Rejection)
        assert str(rejection) == "invalid: data.into: is the incident itself"


def test_a_parent_that_is_full_sends_the_next_one_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MAX_CHILDREN", 1)
    made = town(*MERGED, reported(C), told(C, "merged", T + HOUR, into=A))
    assert (made[C].state, made.children(A)) == (State.REPORTED, {B})


def test_a_state_fits_into_its_record_however_long_the_ids_of_its_children_are() -> None:
    def child(number: int) -> str:
        return f"field-reports:{number:\x01>256}"

    parent = replace(town(reported(A))[A], children={child(number): Child(1, T, T) for number in range(1100)})
    for number in range(1100, 1300):
        moments = {"reported_at": to_rfc3339(T), "merged_at": to_rfc3339(T)}
        decision = decide(parent, told(A, "joined", T, child=child(number), turn=1, **moments), LATER, CITY)
        assert decision.state is not None
        parent = decision.state
    assert child(1100) in parent.children
    assert [read(sent).event_type for sent in decision.emitted] == [EventType.UNMERGED]
    left = decide(parent, told(A, "left", T, child=child(1299), turn=2), LATER, CITY).state
    assert left is not None
    assert child(1299) not in left.children
    assert len(encode(parent)) < MAX_STATE_BYTES / 2


def test_a_report_whose_history_is_full_can_still_be_sent_back() -> None:
    full = town(reported(B), *(told(B, "resumed", T + number) for number in range(1, MAX_HISTORY)))
    full.take(told(B, "merged", T + HOUR, into=A), told(A, "cancelled", T - MINUTE), reported(A, T - HOUR))
    full.deliver()
    assert (full[B].state, full.children(A)) == (State.REPORTED, set())
    assert {one.reason for one in full.refused} == {Reason.ILLEGAL_MOVE}


def test_a_proposal_stands_until_it_is_declined_or_taken() -> None:
    made = town(reported(A), reported(B), told(B, "proposed", T + MINUTE, into=A))
    assert (made[B].state, made[B].proposed) == (State.REPORTED, A)
    declined = town(reported(B), told(B, "proposed", T + MINUTE, into=A), told(B, "declined", T + HOUR))
    assert declined[B].proposed is None
    made.take(told(B, "merged", T + HOUR, into=A))
    assert (made[B].proposed, made[B].parent) == (None, A)


def counted(one: Incident) -> dict[Measure, int]:
    sums = Aggregate()
    for _, what, value in own_contributions(one):
        sums.add(what, value)
    return sums.counts


def test_a_child_counts_as_merged_alone_and_what_its_citizen_says_once_there_is_a_result() -> None:
    made = town(*MERGED, told(B, "rated", T + HOUR, score=2))
    assert counted(made[B]) == {Measure.RECEIVED: 1, Measure.MERGED: 1}
    made.take(told(A, "resolved", T + 2 * HOUR))
    made.deliver()
    rated = {Measure.RATED: 1, Measure.SCORED: 1, Measure.SCORE: 2, Measure.DISSATISFIED: 1}
    assert counted(made[B]) == {Measure.RECEIVED: 1, Measure.MERGED: 1, **rated}


def test_the_end_of_the_matter_is_told_as_a_fact_of_each_child() -> None:
    made = town(*MERGED)
    (sent,) = made.take(told(A, "resolved", T + HOUR)).emitted
    facts = made.take(read(sent)).facts
    assert [(one.kind, one.incident, one.changes) for one in facts] == [
        (FactKind.FOLLOWED, B, {"parent": A, "outcome": State.RESOLVED})
    ]


def test_what_children_say_is_no_part_of_their_parents_history() -> None:
    parent: Incident | None = decide(None, reported(A), LATER, CITY).state
    for number in range(2000):
        said = {"child": f"field-reports:{number + 10}", "turn": 1, "reported_at": "2026-04-14T01:00:00Z"}
        parent = decide(parent, told(A, "joined", T, merged_at="2026-04-14T01:00:00Z", **said), LATER, CITY).state
    assert parent is not None
    assert len(parent.children) == 2000
    assert parent.history == (parent.history[0],)


IDS = [f"field-reports:{number}" for number in range(4)]
_STEP = st.tuples(
    st.sampled_from(["merged", "merged", "unmerged", "resolved", "reopened", "cancelled", "noted"]),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(1, 24),
)


def _acyclic(steps: Sequence[tuple[str, int, int, int]], ages: Sequence[int], two: bool) -> Iterator[Event]:
    """Yield reports and what happens to them; of the merges only those into an earlier one, or of the first `two`."""
    yield from (reported(id, T + age * HOUR) for id, age in zip(IDS, ages, strict=True))
    for number, (event_type, who, other, hour) in enumerate(steps):
        data: Mapping[str, Any] = {"into": IDS[other]} if event_type == "merged" else {}
        if not data or other < who or (two and (who, other) == (0, 1)):
            yield event(event_type, T + hour * HOUR, f"{event_type}-{number}", subject=str(who), **data)


def agrees(made: Town) -> None:
    """Everyone knows of the others what is so."""
    for id, one in made.incidents.items():
        here = {child for child, other in made.incidents.items() if other.parent == id}
        assert made.children(id) == here
        assert one.parent not in here
        if one.parent is not None and one.parent in made.incidents:
            assert one.fate == made[one.parent].fate
            assert one.fate.ended_at is None or one.reported_at <= one.fate.ended_at


@given(st.lists(_STEP, max_size=14), st.lists(st.integers(0, 6), min_size=4, max_size=4), st.integers(0, 10**6))
def test_in_any_order_and_repetition_parents_and_children_agree(
    steps: list[tuple[str, int, int, int]], ages: list[int], seed: int
) -> None:
    made, chance = Town(seed), Random(seed)
    events = list(_acyclic(steps, ages, two=True))
    chance.shuffle(events)
    for one in events:
        made.take(one)
        made.deliver(chance.randrange(4))
    made.deliver()
    agrees(made)


@given(st.lists(_STEP, max_size=14), st.integers(0, 10**6), st.integers(0, 10**6))
def test_any_two_orders_end_in_the_same_states(steps: list[tuple[str, int, int, int]], one: int, other: int) -> None:
    ends = []
    for seed in (one, other):
        made, chance = Town(seed), Random(seed)
        events = list(_acyclic(steps, [0] * 4, two=False))
        for told_twice in chance.sample(events + events[:3], len(events[:3]) + len(events)):
            made.take(told_twice)
            made.deliver(chance.randrange(4))
        made.deliver()
        agrees(made)
        ends.append({id: (one.state, one.parent, one.fate, made.children(id)) for id, one in made.incidents.items()})
    assert ends[0] == ends[1]


def test_every_refusal_of_a_command_is_typed() -> None:
    made = town(reported(A), told(A, "unmerged", T + HOUR))
    assert [one.reason for one in made.refused] == [Reason.ILLEGAL_MOVE]
    assert TargetName.RESOLVE in {clock.target for clock in made[A].clocks}


def test_an_incident_is_found_under_the_very_id_it_has() -> None:
    decomposed = unicodedata.normalize("NFD", "field-reports:bãi-xép")
    for parent, child in ((A, decomposed), (decomposed, A)):
        made = town(reported(parent), reported(child), told(child, "merged", T + MINUTE, into=parent))
        made.take(told(parent, "resolved", T + HOUR, text="bãi"))
        made.deliver()
        assert set(made.incidents) == {parent, child}
        assert made.children(parent) == {child}
        assert made[child].outcome is State.RESOLVED


def test_in_a_replay_a_relative_may_be_days_ahead() -> None:
    child = IncidentProcessor(0, CITY, ClockKind.EVENT)
    at_once = [record(0, "reported", T, subject="2"), record(1, "merged", T + 2 * DAY, subject="2", into=A)]
    (joined,) = (one for one in child.fold(at_once).outbox if one.key == A.encode())
    parent = IncidentProcessor(0, CITY, ClockKind.EVENT)
    parent.apply(parent.fold([record(0, "reported", T)]))
    changes = parent.fold([Record(1, T, joined.key, joined.value, joined.headers)])
    assert changes.dead_letters == []
    assert set(changes.incidents[A].children) == {B}
    assert changes.position.clock == T, "what others tell does not move the clock"
