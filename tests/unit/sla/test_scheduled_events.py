"""What the centre brings about by itself: acknowledgements lapse, shelvings end; people who acted meanwhile win."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import Match, SlaPolicy, SlaRule
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.rejections import Reason
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.decider.decide import DeadlinePassed, Decision, decide
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import EventType, State
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, at, essence, event, record
from tests.unit.sla.test_clocks import H

T = at("2024-04-16 08:00")  # a Tuesday; H works until 11:30
TARGETS = {TargetName.ACKNOWLEDGE: HOUR, TargetName.RESOLVE: 16 * HOUR}


def rule(rule_id: str, match: Match, held: int | None) -> SlaRule:
    return SlaRule(rule_id, match, "H", TARGETS, acknowledged_for=held)


def city(held: int | None = 2 * HOUR, high: int | None = HOUR) -> Catalogue:
    urgent = rule("high", Match(priority=frozenset({Priority.HIGH})), high)
    rules = SlaPolicy((rule("r", Match(), held), urgent))
    return Catalogue(CITY.zone, CITY.services, CITY.units, CITY.wards, {"H": H}, rules)


class Life:
    """One incident over time, as in a worker: what it emits comes back as an event when the test lets it."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or city()
        self.state: Incident | None = None
        self.facts: list[Fact] = []
        self.emitted: list[Outgoing] = []

    @property
    def incident(self) -> Incident:
        assert self.state is not None
        return self.state

    def take(self, *events: Event) -> "Life":
        for happening in events:
            self._record(decide(self.state, happening, max(happening.time, T), self.catalogue))
        return self

    def wait(self, until: Instant) -> "Life":
        """Let time pass, with ticks whenever something is due."""
        while self.incident.next_at is not None and self.incident.next_at <= until:
            self._record(decide(self.state, DeadlinePassed("field-reports:1"), self.incident.next_at, self.catalogue))
        return self

    def _record(self, decision: Decision) -> None:
        assert decision.rejection is None
        self.state = decision.state
        self.facts += decision.facts
        self.emitted += decision.emitted

    def hear(self) -> "Life":
        """Let what was emitted come back."""
        sent, self.emitted = self.emitted, []
        return self.take(*map(read, sent))

    @property
    def last(self) -> HistoryEntry:
        return self.incident.history[-1]

    def kinds(self, *wanted: FactKind) -> list[FactKind]:
        return [fact.kind for fact in self.facts if fact.kind in wanted]


def read(sent: Outgoing) -> Event:
    event = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(event, Event), event
    return event


def acknowledged(catalogue: Catalogue | None = None) -> Life:
    return Life(catalogue).take(event("reported", T), event("acknowledged", T + 10 * MINUTE))


LAPSE = at("2024-04-16 10:10") + 1


def test_an_acknowledgement_that_nobody_follows_up_lapses() -> None:
    life = acknowledged().wait(LAPSE - 1)
    assert life.emitted == [], "on the very instant there is still time"
    life.wait(LAPSE + DAY)
    (sent,) = life.emitted
    assert (read(sent).event_type, read(sent).time) == (EventType.LAPSED, LAPSE)
    assert life.incident.state is State.ACKNOWLEDGED, "nothing moves before the event is in the log"
    life.hear()
    assert (life.incident.state, life.incident.lapses, life.incident.acknowledged_at) == (State.REPORTED, 1, None)
    assert (life.last.event_type, life.last.refused) == (EventType.LAPSED, None)
    assert life.kinds(FactKind.LAPSED) == [FactKind.LAPSED]
    assert life.incident.sent == ()


def test_the_clock_of_the_acknowledgement_runs_anew_and_announces_anew() -> None:
    life = Life().take(event("reported", T)).wait(T + 70 * MINUTE)
    life.take(event("acknowledged", T + 70 * MINUTE)).wait(at("2024-04-16 11:11")).hear()
    clock = life.incident.clock(TargetName.ACKNOWLEDGE)
    assert clock is not None
    assert (clock.base, clock.due) == (at("2024-04-16 11:10") + 1, at("2024-04-16 14:10") + 1)
    life.wait(at("2024-04-16 15:00"))
    breaches = [fact for fact in life.facts if fact.kind is FactKind.BREACHED and fact.target == "acknowledge"]
    assert [fact.due for fact in breaches] == [at("2024-04-16 09:00"), at("2024-04-16 14:10") + 1]
    assert len({fact.id for fact in life.facts}) == len(life.facts)


def test_it_lapses_in_the_time_of_the_rules_calendar() -> None:
    life = Life().take(event("reported", T), event("acknowledged", at("2024-04-17 16:30")))
    life.wait(at("2024-04-22 00:00"))  # the 18th is a holiday
    assert read(life.emitted[0]).time == at("2024-04-19 09:00") + 1


def test_what_was_acknowledged_again_can_lapse_again() -> None:
    life = acknowledged().wait(LAPSE).hear()
    life.take(event("acknowledged", LAPSE + MINUTE)).wait(LAPSE + DAY)
    assert len(life.emitted) == 1
    life.hear()
    assert life.incident.lapses == 2
    assert life.kinds(FactKind.LAPSED) == [FactKind.LAPSED] * 2


def test_who_begins_assigns_or_pauses_keeps_it() -> None:
    for event_type, data in (("assigned", {"unit": "hepco"}), ("started", {}), ("paused", {}), ("resolved", {})):
        life = acknowledged().take(event(event_type, T + HOUR, **data))
        assert life.wait(T + 2 * DAY).emitted == []


def test_a_rule_that_does_not_say_lets_an_acknowledgement_hold_for_ever() -> None:
    assert acknowledged(city(None)).wait(T + 30 * DAY).emitted == []


def test_who_acted_meanwhile_wins_over_the_lapse_by_the_time_it_happened() -> None:
    life = acknowledged().wait(LAPSE)
    life.take(event("started", LAPSE - MINUTE)).hear()
    assert life.incident.state is State.IN_PROGRESS
    assert (life.last.event_type, life.last.refused) == (EventType.LAPSED, Reason.OVERTAKEN)
    assert life.kinds(FactKind.LAPSED, FactKind.REFUSED) == []


def test_who_began_before_the_lapse_wins_even_when_it_is_heard_of_later() -> None:
    life = acknowledged().wait(LAPSE).hear().take(event("started", LAPSE - MINUTE))
    assert (life.incident.state, life.incident.lapses) == (State.IN_PROGRESS, 0)
    assert life.kinds(FactKind.CORRECTED) == [FactKind.CORRECTED]
    assert life.incident.acknowledged_at == T + 10 * MINUTE


def test_a_lapse_of_an_earlier_acknowledgement_does_not_touch_a_later_one() -> None:
    life = acknowledged().wait(LAPSE)
    life.take(
        event("resolved", T + 20 * MINUTE),
        event("reopened", T + 30 * MINUTE),
        event("acknowledged", T + 40 * MINUTE, "again"),
    ).hear()
    assert life.incident.state is State.ACKNOWLEDGED
    assert life.incident.lapses == 0
    assert next(one for one in life.incident.history if one.event_type is EventType.LAPSED).refused is Reason.OVERTAKEN


def test_another_rule_gives_all_of_its_time_to_begin() -> None:
    life = acknowledged().take(event("updated", T + 100 * MINUTE, priority="high"))
    life.wait(T + DAY)
    assert read(life.emitted[0]).time == at("2024-04-16 10:40") + 1


def test_no_tick_emits_the_same_twice() -> None:
    life = acknowledged().wait(LAPSE)
    life.take(event("noted", LAPSE + 1)).wait(LAPSE + 10 * DAY)
    assert len(life.emitted) == 1
    again = replace(life.incident, sent=(), next_at=LAPSE)  # as if it had been forgotten
    once_more = decide(again, DeadlinePassed(again.id), LAPSE + DAY, life.catalogue).emitted
    assert [one.value for one in once_more] == [one.value for one in life.emitted], "the id is made of the cause"


LIFE = [
    event("reported", T),
    event("acknowledged", T + 10 * MINUTE),
    event("lapsed", LAPSE, since="2024-04-16T08:10:00+07:00"),
    event("acknowledged", LAPSE + MINUTE, "second"),
    event("shelved", LAPSE + 2 * MINUTE, actor="Lan", text="lũ", until="2024-04-16T16:00:00+07:00"),
    event("shelved", LAPSE + 3 * MINUTE, "longer", actor="An", text="lũ", until="2024-04-16T17:00:00+07:00"),
    event("unshelved", at("2024-04-16 16:00"), source="/operations-centre/moments/field-reports"),
    event("started", LAPSE + 90 * MINUTE),
    event("unshelved", at("2024-04-16 17:00"), source="/operations-centre/moments/field-reports"),
    event("shelved", at("2024-04-16 17:10"), actor="Lan", text="lũ", until="2024-04-17T17:00:00+07:00"),
    event("resolved", at("2024-04-17 08:00")),
    event("unshelved", at("2024-04-17 17:00"), source="/operations-centre/moments/field-reports"),
]


@given(st.permutations(LIFE), st.lists(st.sampled_from(LIFE), max_size=5))
def test_in_any_order_and_with_any_duplicates_the_same_state(order: list[Event], again: list[Event]) -> None:
    def folded(events: list[Event]) -> Incident:
        state: Incident | None = None
        for one in events:
            state = decide(state, one, T + 10 * DAY, city()).state
        assert state is not None
        return essence(state)

    expected = folded(LIFE)
    assert (expected.state, expected.lapses, expected.shelved_until) == (State.RESOLVED, 1, None)
    refused = [one.id for one in expected.history if one.refused is not None]
    assert refused == [LIFE[6].id, LIFE[11].id]
    assert folded([*order, *again]) == expected


UNTIL = at("2024-04-17 09:00")


def shelved(until: str = "2024-04-17T09:00:00+07:00") -> Life:
    return Life().take(event("reported", T), event("shelved", T + HOUR, actor="Lan", text="chờ nước rút", until=until))


def test_a_shelving_says_who_and_until_when_and_its_deadlines_run_on() -> None:
    life = shelved()
    assert (life.incident.shelved_by, life.incident.shelved_until) == ("Lan", UNTIL)
    told = next(fact for fact in life.facts if fact.kind is FactKind.SHELVED)
    assert (told.due, told.shelved) == (UNTIL, True)
    life.wait(UNTIL - 1)
    breached = next(fact for fact in life.facts if fact.kind is FactKind.BREACHED)
    assert (breached.target, breached.shelved) == ("acknowledge", True)


def test_what_is_shelved_returns_by_itself() -> None:
    life = shelved().wait(UNTIL)
    assert (read(life.emitted[0]).event_type, read(life.emitted[0]).time) == (EventType.UNSHELVED, UNTIL)
    life.wait(UNTIL + DAY)
    assert len(life.emitted) == 1
    life.hear()
    assert not life.incident.is_shelved
    told = next(fact for fact in life.facts if fact.kind is FactKind.RETURNED)
    assert (told.time, told.shelved) == (UNTIL, False)


def test_a_shelving_that_was_prolonged_does_not_end_at_its_first_moment() -> None:
    life = shelved().wait(UNTIL)
    life.take(event("shelved", UNTIL - HOUR, "longer", actor="An", text="lũ", until="2024-04-18T09:00:00+07:00"))
    life.hear()
    assert life.incident.shelved_until == at("2024-04-18 09:00")
    assert life.last.refused is Reason.OVERTAKEN
    life.wait(at("2024-04-18 09:00"))
    assert [read(one).time for one in life.emitted] == [at("2024-04-18 09:00")]


def test_what_a_worker_tells_whose_clock_is_ahead_is_heard_all_the_same() -> None:
    processor = IncidentProcessor(0, city(), ClockKind.WALL)
    processor.apply(processor.fold([record(0, "reported", T), record(1, "shelved", T + MINUTE, actor="An", text="lũ")]))
    ahead = processor.tick(T + 2 * DAY, 10)
    processor.apply(ahead)
    (sent,) = ahead.outbox
    changes = processor.fold([Record(2, T + HOUR, sent.key, sent.value, sent.headers)])
    assert changes.dead_letters == []
    assert (changes.incidents["field-reports:1"].is_shelved, changes.incidents["field-reports:1"].sent) == (False, ())


def test_people_take_it_from_the_shelf_and_an_end_ends_the_shelving() -> None:
    for event_type in ("unshelved", "resolved", "cancelled"):
        life = shelved().take(event(event_type, T + 2 * HOUR)).wait(UNTIL + DAY)
        assert not life.incident.is_shelved
        assert life.emitted == []


def test_a_full_history_still_takes_what_the_centre_tells(monkeypatch: object) -> None:
    life = acknowledged().wait(LAPSE)
    monkeypatch.setattr("ioc.decider.history.MAX_HISTORY", 2)  # type: ignore[attr-defined]
    assert life.hear().incident.state is State.REPORTED


def test_a_partition_emits_once_whatever_the_clock_and_what_comes_back_is_no_duplicate() -> None:
    for clock in ClockKind:
        processor = IncidentProcessor(0, city(), clock)
        log = [record(0, "reported", T), record(1, "acknowledged", T + 10 * MINUTE)]
        for one in log:
            processor.apply(processor.fold([one]))
        if clock is ClockKind.WALL:
            changes = processor.tick(LAPSE, 10)
        else:
            changes = processor.fold([record(2, "noted", LAPSE + HOUR, subject="2")])
        processor.apply(changes)
        (sent,) = changes.outbox
        back = processor.fold([Record(3, LAPSE + HOUR, sent.key, sent.value, sent.headers)])
        assert (back.position.duplicates, back.dead_letters, back.outbox) == (0, [], [])
        processor.apply(back)
        assert processor.incidents["field-reports:1"].state is State.REPORTED
        again = processor.fold([Record(4, LAPSE + HOUR, sent.key, sent.value, sent.headers)])
        assert again.position.duplicates == 1
