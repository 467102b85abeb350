"""What each incident contributes to which window.

Contributions are a function of the incident's state alone. A fold applies the difference between those of the old
state and the new, so late events, reopenings and changes of unit correct the windows they belong to, exactly.
"""

from collections.abc import Iterator

from ioc.catalogue.service import Online
from ioc.core.scalars import FigureKey, Satisfaction, TargetName
from ioc.core.times import Instant
from ioc.figures.aggregates import ESCALATED_TO, RAISED_TO, Contribution, ContributionsByKey, Measure, Timing
from ioc.incident.directive import Answer, Directive
from ioc.incident.lifecycle import State
from ioc.incident.state import BREACHED, LADDER, Dossier, Incident
from ioc.sla.escalation_steps import last_said


def figure_key(incident: Incident) -> FigureKey:
    """Return the service, unit and ward an incident's contributions are counted under."""
    return (incident.service, incident.unit or "", incident.ward or "")


def contributions_of(incident: Incident | None) -> ContributionsByKey:
    """Return all an incident adds to the aggregates, and under whom; nothing of none."""
    if incident is None:
        return {}
    told = {figure_key(incident): own_contributions(incident)}
    if incident.directives:
        for unit, answered in directive_contributions(incident):
            told.setdefault((incident.service, unit, incident.ward or ""), []).extend(answered)
    return told


def own_contributions(incident: Incident) -> list[Contribution]:
    """Return all an incident itself adds to the aggregates, about in the order it came about."""
    if incident.state is State.PENDING:
        return []
    reported = incident.reported_at
    told: list[Contribution] = [(reported, Measure.RECEIVED, 1), (reported, Measure.OPEN, 1)]
    if incident.dossier is not None:
        told += _received(incident.dossier, reported)
    if incident.acknowledged_at is not None:
        told += _reached(incident, Measure.ACKNOWLEDGED, Timing.ACKNOWLEDGE, incident.acknowledged_at)
    if incident.assigned_at is not None:
        told += _reached(incident, Measure.ASSIGNED, Timing.ASSIGN, incident.assigned_at)
    if incident.raises or incident.fired_steps:
        told += _escalations(incident)
    if incident.fired_steps or incident.open_spells or incident.closed_at is not None:
        told += _standing(incident)
    if incident.reopened_at:
        told += [(at, Measure.REOPENED, 1) for at in incident.reopened_at]
    if incident.closed_at is not None:
        told += _ending(incident, incident.closed_at)
    if incident.rated_at is not None:
        told += _rating(incident, incident.rated_at)
    return told


_LEVELS = {
    Online.FULL: (Measure.DOSSIERS_FULL, Measure.DOSSIERS_FULL_ONLINE),
    Online.PARTIAL: (Measure.DOSSIERS_PARTIAL, Measure.DOSSIERS_PARTIAL_ONLINE),
}


def _received(dossier: Dossier, at: Instant) -> Iterator[Contribution]:
    """Yield what an application counts as, by how much of its procedure is online, and whether it came online."""
    kinds = [(Measure.DOSSIERS, Measure.DOSSIERS_ONLINE)]
    if dossier.level in _LEVELS:
        kinds.append(_LEVELS[dossier.level])
    for received, online in kinds:
        yield at, received, 1
        if dossier.came_online:
            yield at, online, 1


def _reached(incident: Incident, measure: Measure, timing: Timing, at: Instant) -> tuple[Contribution, Contribution]:
    """Return that something was reached, and how long after the report."""
    return (at, measure, 1), (at, timing, _since_report(incident, at))


def _since_report(incident: Incident, at: Instant) -> int:
    """Return the time since the report; another service's clock may be behind, and then it is none."""
    return max(0, at - incident.reported_at)


def _escalations(incident: Incident) -> Iterator[Contribution]:
    for at, level in incident.raises:
        yield at, RAISED_TO[level], 1
    for said in incident.fired_steps:
        if said.step >= LADDER:
            yield said.at, Measure.ESCALATED, 1
            yield said.at, ESCALATED_TO[said.level], 1


_ENDINGS = {
    State.CANCELLED: Measure.CANCELLED,
    State.REJECTED: Measure.REJECTED,
    State.MERGED: Measure.MERGED,
}


def _ending(incident: Incident, at: Instant) -> list[Contribution]:
    if incident.state is not State.RESOLVED:
        return [(at, _ENDINGS[incident.state], 1)]
    told: list[Contribution] = [
        (at, Measure.RESOLVED, 1),
        (at, Measure.ON_TIME if incident.on_time else Measure.LATE, 1),
        (at, Timing.HANDLING, _since_report(incident, at)),
    ]
    if incident.worked is not None:
        told.append((at, Timing.WORKING, incident.worked))
    told += ((at, measure, 1) for measure in _displeasing(incident))
    return told


def _displeasing(incident: Incident) -> Iterator[Measure]:
    """Yield what speaks against a solution. QD 766 leaves it out of the satisfied once, however much does."""
    complained = any(run.complained for run in incident.open_spells)
    not_satisfied = incident.satisfaction is Satisfaction.NOT_SATISFIED
    if complained:
        yield Measure.COMPLAINED
    if not_satisfied:
        yield Measure.NOT_SATISFIED
    if complained or not_satisfied or not incident.on_time:
        yield Measure.NOT_GOOD


def _rating(incident: Incident, at: Instant) -> Iterator[Contribution]:
    """Yield how the result was judged; while a merged incident has no result, there is nothing to judge."""
    if incident.state is State.MERGED and incident.outcome is not State.RESOLVED:
        return
    yield at, Measure.RATED, 1
    if incident.score is not None:
        yield at, Measure.SCORED, 1
        yield at, Measure.SCORE, incident.score
    if incident.satisfaction is Satisfaction.NOT_SATISFIED:
        yield at, Measure.DISSATISFIED, 1


def _standing(incident: Incident) -> list[Contribution]:
    """Return when, once reported, the incident ceased to stand open and came to again, and when it was overdue.

    Another service's clock may be behind: nothing stands open before its report.
    """
    told: list[Contribution] = []
    start = incident.reported_at
    for run in incident.open_spells:
        end = max(start, run.closed)
        told += _over(start, end, run.due)
        start = max(end, run.reopened)
        told.append((start, Measure.OPEN, 1))
    if incident.closed_at is not None:
        told += _over(start, max(start, incident.closed_at), _due(incident))
    elif (due := _breached(incident)) is not None:
        told.append((max(start, due), Measure.OVERDUE, 1))
    return told


def _over(start: Instant, end: Instant, due: Instant | None) -> list[Contribution]:
    """Return what ends with a time for which an incident stood open. On the due instant itself there is still time."""
    told: list[Contribution] = [(end, Measure.OPEN, -1)]
    if due is not None and end > due:
        told += [(max(start, due), Measure.OVERDUE, 1), (end, Measure.OVERDUE, -1)]
    return told


def _due(incident: Incident) -> Instant | None:
    clock = incident.clock(TargetName.RESOLVE)
    return None if clock is None else clock.due


def _breached(incident: Incident) -> Instant | None:
    """Return the due of an open incident once its breach was announced."""
    clock = incident.clock(TargetName.RESOLVE)
    return None if clock is None or last_said(clock, incident) < BREACHED else clock.due


def directive_contributions(incident: Incident) -> Iterator[tuple[str, list[Contribution]]]:
    """Yield what the directives of an incident add: each under the unit it was given to, whoever handles the matter."""
    for directive in incident.directives:
        for answer in directive.answers:
            yield answer.unit, _answered(directive, answer)


def _answered(directive: Directive, answer: Answer) -> list[Contribution]:
    given, acknowledged, done = directive.at, answer.acknowledged_at, answer.done_at
    told: list[Contribution] = [(given, Measure.DIRECTIVES, 1)]
    if acknowledged is not None:
        told.append((acknowledged, Measure.DIRECTIVES_ACKNOWLEDGED, 1))
        told.append((acknowledged, Timing.DIRECTIVE_ACKNOWLEDGE, acknowledged - given))
    if done is not None:
        told.append((done, Measure.DIRECTIVES_DONE, 1))
        in_time = directive.on_time(answer)
        told.append((done, Measure.DIRECTIVES_ON_TIME if in_time else Measure.DIRECTIVES_LATE, 1))
        told.append((done, Timing.DIRECTIVE_DONE, done - given))
    return told
