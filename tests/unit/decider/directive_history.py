"""An incident with a directive to two units: the events, and the decisions on them, for the tests of directives."""

from collections.abc import Iterable

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.decider.decide import DeadlinePassed, Decision, decide
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.state import Incident
from tests.unit.samples import CITY, at, event

T = at("2026-04-14 08:00")
DUE = T + 2 * HOUR
REPORTED = event("reported", T - HOUR, due={"resolve": "2026-04-20T17:00:00+07:00"})
GIVEN = event("directed", T, "d", units=["pc-hue", "hepco"], due="2026-04-14T10:00:00+07:00", text="Cắt điện")
TAKEN = event("directive_acknowledged", T + 10 * MINUTE, "a1", directive="d", unit="pc-hue")
DONE = event("directive_done", T + HOUR, "n1", directive="d", unit="pc-hue", text="xong")
LATE = event("directive_done", DUE + HOUR, "n2", directive="d", unit="hepco")


def then(state: Incident | None, *events: Event, now: Instant = T, catalogue: Catalogue = CITY) -> Decision:
    """Return the last decision, with the facts of all of them."""
    facts: list[Fact] = []
    decision = Decision(state)
    for happening in events:
        decision = decide(decision.state, happening, max(now, happening.time), catalogue)
        facts += decision.facts
    return replace(decision, facts=tuple(facts))


def state_of(*events: Event, now: Instant = T) -> Incident:
    state = then(None, *events, now=now).state
    assert state is not None
    return state


def tick(state: Incident, now: Instant, catalogue: Catalogue = CITY) -> Decision:
    return decide(state, DeadlinePassed(state.id), now, catalogue)


def announcements(facts: Iterable[Fact]) -> list[tuple[FactKind, str | None, int, str | None]]:
    """Return what deadlines of directives announce: kind, unit, level and recipient."""
    return [
        (fact.kind, fact.unit, fact.level, fact.recipient) for fact in facts if fact.directive and fact.cause is None
    ]
