"""Why an incident is due when it is: which rule, and which arithmetic."""

from collections.abc import Iterator

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.facts import FactKind
from ioc.incident.state import BREACHED, WARNED, Incident, PauseSpan, SlaClock
from ioc.sla import clocks
from ioc.sla.escalation_steps import steps


class SkippedDay(Struct, frozen=True):
    """A day the calendar left out, and its name."""

    date: str
    name: str


class ExplainedStep(Struct, frozen=True):
    """What a deadline announces (warned, breached, escalated): when, to whom, and when it did so (ms) if it has."""

    kind: FactKind
    level: int
    at: Instant | None
    recipient: str
    channel: str
    fired_at: Instant | None


class Explanation(Struct, frozen=True):
    """The arithmetic of one deadline; instants and durations in ms.

    `procedure` is the one whose own target this is, and not the rule's.
    """

    target: TargetName
    rule: str
    procedure: str | None
    calendar: str
    start: Instant
    total: Millis
    used: Millis
    remaining: Millis
    pauses: tuple[PauseSpan, ...]
    paused_at: Instant | None
    skipped: tuple[SkippedDay, ...]
    due: Instant | None
    warn_at: Instant | None
    met_at: Instant | None
    status: str
    steps: tuple[ExplainedStep, ...]


def explain(incident: Incident, now: Instant, catalogue: Catalogue) -> Iterator[Explanation]:
    """Yield the explanation of every deadline the incident has."""
    for clock in incident.clocks:
        yield _explain(clock, incident, now, catalogue)


def _explain(clock: SlaClock, incident: Incident, now: Instant, catalogue: Catalogue) -> Explanation:
    until = next((at for at in (clock.met, clock.stopped) if at is not None), now)
    used, skipped = _counted(clock, incident, until, catalogue)
    return Explanation(
        target=clock.target,
        rule=clocks.EXPLICIT if clock.explicit else incident.rule,
        procedure=_procedure_of(clock, incident),
        calendar=_calendar_of(clock, incident, catalogue),
        start=clock.base,
        total=clock.total,
        used=used,
        remaining=max(0, clock.total - used),
        pauses=() if clock.explicit else incident.pauses,
        paused_at=None if clock.explicit else incident.paused_at,
        skipped=skipped,
        due=clock.due,
        warn_at=clock.warn,
        met_at=clock.met,
        status=status_of(clock, incident, now),
        steps=tuple(_steps(clock, incident, catalogue)),
    )


def _procedure_of(clock: SlaClock, incident: Incident) -> str | None:
    return None if clock.explicit or clock.target is not TargetName.RESOLVE else incident.promise or None


def _calendar_of(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> str:
    rule = catalogue.rules.by_id.get(incident.rule)
    return clocks.EXPLICIT if clock.explicit or rule is None else rule.calendar


def _counted(
    clock: SlaClock, incident: Incident, until: Instant, catalogue: Catalogue
) -> tuple[Millis, tuple[SkippedDay, ...]]:
    """Return the time a clock has counted, and the days it left out on the way to its due."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if clock.explicit or rule is None:
        return max(0, until - clock.base), ()
    calendar = catalogue.calendars[rule.calendar]
    end = max(until, clock.due or until)
    skipped = tuple(SkippedDay(day.date.isoformat(), day.name) for day in calendar.skipped(clock.base, end))
    return clocks.used_by(clock, incident, until, calendar), skipped


def status_of(clock: SlaClock, incident: Incident, now: Instant) -> str:
    """Return met, breached, stopped, paused or running: one word for how a deadline stands at `now`."""
    if clock.stopped is not None:
        return "stopped"
    if clock.met is not None:
        return "breached" if clock.due is not None and clock.met > clock.due else "met"
    if clock.due is None:
        return "paused" if incident.paused_at is not None else "running"
    return "breached" if clock.due < now else "running"


_KINDS = {WARNED: FactKind.WARNED, BREACHED: FactKind.BREACHED}


def _steps(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Iterator[ExplainedStep]:
    fired = {said.step: said.at for said in incident.fired_steps if said.is_of(incident, clock)}
    for step in steps(clock, incident, catalogue):
        kind = _KINDS.get(step.number, FactKind.ESCALATED)
        yield ExplainedStep(kind, step.level, step.at, step.recipient, step.channel, fired.get(step.number))
