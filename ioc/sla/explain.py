"""Why an incident is due when it is: by which rule, and by what arithmetic."""

from collections.abc import Iterator

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.facts import FactKind
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident, PauseSpan
from ioc.sla import clocks
from ioc.sla.escalation_steps import fact_kind, is_fired_by, steps


class SkippedDay(Struct, frozen=True):
    """A day the calendar left out: its date (YYYY-MM-DD) and name."""

    date: str
    name: str


class ExplainedStep(Struct, frozen=True):
    """One step of a deadline: when it is to be announced and to whom, and when it was (ms); None if it was not."""

    kind: FactKind
    level: int
    at: Instant | None
    recipient: str
    channel: str
    fired_at: Instant | None


class Explanation(Struct, frozen=True):
    """The arithmetic of one deadline; instants and durations in ms.

    `procedure` is the code of the procedure whose target this is; None when it is the rule's.
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
    end = next((at for at in (clock.met, clock.stopped) if at is not None), now)
    used, skipped = _count(clock, incident, end, catalogue)
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


def _count(
    clock: SlaClock, incident: Incident, at: Instant, catalogue: Catalogue
) -> tuple[Millis, tuple[SkippedDay, ...]]:
    """Return the time a clock has counted by `at`, in ms, and the days it left out on the way to its due."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if clock.explicit or rule is None:
        return max(0, at - clock.base), ()
    calendar = catalogue.calendars[rule.calendar]
    end = max(at, clock.due or at)
    skipped = tuple(SkippedDay(day.date.isoformat(), day.name) for day in calendar.skipped(clock.base, end))
    return clocks.used_by(clock, incident, at, calendar), skipped


def status_of(clock: SlaClock, incident: Incident, now: Instant) -> str:
    """Return the status of a deadline at `now`: met, breached, stopped, paused or running."""
    if clock.stopped is not None:
        return "stopped"
    if clock.met is not None:
        return "breached" if clock.due is not None and clock.met > clock.due else "met"
    if clock.due is None:
        return "paused" if incident.paused_at is not None else "running"
    return "breached" if clock.due < now else "running"


def _steps(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Iterator[ExplainedStep]:
    fired_at = {fired.step: fired.at for fired in incident.fired_steps if is_fired_by(fired, clock, incident)}
    for step in steps(clock, incident, catalogue):
        yield ExplainedStep(
            fact_kind(step.number), step.level, step.at, step.recipient, step.channel, fired_at.get(step.number)
        )
