"""What each incident contributes to the windows.

Contributions are a function of the incident's state alone. A fold applies the difference between those of the old
state and the new, so late events, reopenings and changes of unit correct exactly the windows they belong to.
"""

from collections.abc import Iterator, Mapping, Sequence

from ioc.catalogue.service import Online
from ioc.core.exhaustive import total
from ioc.core.scalars import FigureKey, Satisfaction, TargetName
from ioc.core.times import Instant
from ioc.figures.aggregates import ESCALATED_TO, RAISED_TO, Contribution, ContributionsByKey, Measure, Timing
from ioc.incident.directive import Directive, UnitAnswer
from ioc.incident.dossier import Dossier
from ioc.incident.fired_step import BREACHED, FIRST_ESCALATION
from ioc.incident.lifecycle import CLOSED, State
from ioc.incident.state import Incident
from ioc.sla.escalation_steps import last_fired


def figure_key(incident: Incident) -> FigureKey:
    """Return the service, unit and ward that an incident counts under."""
    return (incident.service, incident.unit or "", incident.ward or "")


def contributions_of(incident: Incident | None) -> ContributionsByKey:
    """Return everything an incident adds to the aggregates, its directives included; nothing for None."""
    if incident is None:
        return {}
    contributions = {figure_key(incident): own_contributions(incident)}
    if incident.directives:
        for unit, added in directive_contributions(incident):
            contributions.setdefault((incident.service, unit, incident.ward or ""), []).extend(added)
    return contributions


def own_contributions(incident: Incident) -> list[Contribution]:
    """Return what an incident adds to the aggregates without its directives, roughly in the order of time."""
    if incident.state is State.PENDING:
        return []
    reported = incident.reported_at
    contributions: list[Contribution] = [(reported, Measure.RECEIVED, 1), (reported, Measure.OPEN, 1)]
    if incident.dossier is not None:
        contributions += _received(incident.dossier, reported)
    if incident.acknowledged_at is not None:
        contributions += _reached(incident, Measure.ACKNOWLEDGED, Timing.ACKNOWLEDGE, incident.acknowledged_at)
    if incident.assigned_at is not None:
        contributions += _reached(incident, Measure.ASSIGNED, Timing.ASSIGN, incident.assigned_at)
    if incident.raises or incident.fired_steps:
        contributions += _escalations(incident)
    if incident.fired_steps or incident.open_spells or incident.closed_at is not None:
        contributions += _standing(incident)
    if incident.reopened_at:
        contributions += [(at, Measure.REOPENED, 1) for at in incident.reopened_at]
    if incident.closed_at is not None:
        contributions += _ending(incident, incident.closed_at)
    if incident.rated_at is not None:
        contributions += _rating(incident, incident.rated_at)
    return contributions


_BY_LEVEL: Mapping[Online, Sequence[tuple[Measure, Measure]]] = total(
    {
        Online.NONE: (),
        Online.PARTIAL: ((Measure.DOSSIERS_PARTIAL, Measure.DOSSIERS_PARTIAL_ONLINE),),
        Online.FULL: ((Measure.DOSSIERS_FULL, Measure.DOSSIERS_FULL_ONLINE),),
    },
    Online,
)


def _received(dossier: Dossier, at: Instant) -> Iterator[Contribution]:
    """Yield the counts of an application: of all, and of its procedure's level; once more each when it came online."""
    kinds = [(Measure.DOSSIERS, Measure.DOSSIERS_ONLINE)]
    if dossier.level is not None:
        kinds += _BY_LEVEL[dossier.level]
    for received, online in kinds:
        yield at, received, 1
        if dossier.came_online:
            yield at, online, 1


def _reached(incident: Incident, measure: Measure, timing: Timing, at: Instant) -> tuple[Contribution, Contribution]:
    """Return the count of something reached, and how long after the report it was (ms)."""
    return (at, measure, 1), (at, timing, _since_report(incident, at))


def _since_report(incident: Incident, at: Instant) -> int:
    """Return the time since the report (ms); 0 when another service's clock is behind that of the report."""
    return max(0, at - incident.reported_at)


def _escalations(incident: Incident) -> Iterator[Contribution]:
    for at, level in incident.raises:
        yield at, RAISED_TO[level], 1
    for fired in incident.fired_steps:
        if fired.step >= FIRST_ESCALATION:
            yield fired.at, Measure.ESCALATED, 1
            yield fired.at, ESCALATED_TO[fired.level], 1


_ENDINGS = {state: Measure(state.value) for state in CLOSED}
"""Each closed state has a measure of its name; one without ends the import."""


def _ending(incident: Incident, at: Instant) -> list[Contribution]:
    if incident.state is not State.RESOLVED:
        return [(at, _ENDINGS[incident.state], 1)]
    contributions: list[Contribution] = [
        (at, Measure.RESOLVED, 1),
        (at, Measure.ON_TIME if incident.on_time else Measure.LATE, 1),
        (at, Timing.HANDLING, _since_report(incident, at)),
    ]
    if incident.worked is not None:
        contributions.append((at, Timing.WORKING, incident.worked))
    contributions += ((at, measure, 1) for measure in _objections(incident))
    return contributions


def _objections(incident: Incident) -> Iterator[Measure]:
    """Yield what counts against a solution. QD 766 takes it out of the satisfied once, for any number of reasons."""
    complained = any(spell.complained for spell in incident.open_spells)
    not_satisfied = incident.satisfaction is Satisfaction.NOT_SATISFIED
    if complained:
        yield Measure.COMPLAINED
    if not_satisfied:
        yield Measure.NOT_SATISFIED
    if complained or not_satisfied or not incident.on_time:
        yield Measure.NOT_GOOD


def _rating(incident: Incident, at: Instant) -> Iterator[Contribution]:
    """Yield the citizen's rating; a merged incident has none to count until the incident it went into is resolved."""
    if incident.state is State.MERGED and incident.outcome is not State.RESOLVED:
        return
    yield at, Measure.RATED, 1
    if incident.score is not None:
        yield at, Measure.SCORED, 1
        yield at, Measure.SCORE, incident.score
    if incident.satisfaction is Satisfaction.NOT_SATISFIED:
        yield at, Measure.DISSATISFIED, 1


def _standing(incident: Incident) -> list[Contribution]:
    """Return the instants at which a reported incident closed and opened again, became overdue and ceased to be.

    Another service's clock may be behind: nothing stands open before its report.
    """
    contributions: list[Contribution] = []
    start = incident.reported_at
    for spell in incident.open_spells:
        end = max(start, spell.closed)
        contributions += _end_of_spell(start, end, spell.due)
        start = max(end, spell.reopened)
        contributions.append((start, Measure.OPEN, 1))
    if incident.closed_at is not None:
        contributions += _end_of_spell(start, max(start, incident.closed_at), _resolve_due(incident))
    elif (due := _breached_due(incident)) is not None:
        contributions.append((max(start, due), Measure.OVERDUE, 1))
    return contributions


def _end_of_spell(start: Instant, end: Instant, due: Instant | None) -> list[Contribution]:
    """Return what the end of an open spell adds. On the due instant itself there is still time."""
    contributions: list[Contribution] = [(end, Measure.OPEN, -1)]
    if due is not None and end > due:
        contributions += [(max(start, due), Measure.OVERDUE, 1), (end, Measure.OVERDUE, -1)]
    return contributions


def _resolve_due(incident: Incident) -> Instant | None:
    clock = incident.clock(TargetName.RESOLVE)
    return None if clock is None else clock.due


def _breached_due(incident: Incident) -> Instant | None:
    """Return the due of an open incident's solution once its breach was announced; else None."""
    clock = incident.clock(TargetName.RESOLVE)
    return None if clock is None or last_fired(clock, incident) < BREACHED else clock.due


def directive_contributions(incident: Incident) -> Iterator[tuple[str, list[Contribution]]]:
    """Yield the units directed, whichever unit handles the incident, and what the directive to each of them adds."""
    for directive in incident.directives:
        for answer in directive.answers:
            yield answer.unit, _answer_contributions(directive, answer)


def _answer_contributions(directive: Directive, answer: UnitAnswer) -> list[Contribution]:
    directed, acknowledged_at, done_at = directive.at, answer.acknowledged_at, answer.done_at
    contributions: list[Contribution] = [(directed, Measure.DIRECTIVES, 1)]
    if acknowledged_at is not None:
        contributions.append((acknowledged_at, Measure.DIRECTIVES_ACKNOWLEDGED, 1))
        contributions.append((acknowledged_at, Timing.DIRECTIVE_ACKNOWLEDGE, acknowledged_at - directed))
    if done_at is not None:
        contributions.append((done_at, Measure.DIRECTIVES_DONE, 1))
        in_time = directive.on_time(answer)
        contributions.append((done_at, Measure.DIRECTIVES_ON_TIME if in_time else Measure.DIRECTIVES_LATE, 1))
        contributions.append((done_at, Timing.DIRECTIVE_DONE, done_at - directed))
    return contributions
