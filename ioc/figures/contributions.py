"""What each incident contributes to which window.

Contributions are a function of the incident's state alone. A fold applies the difference between those of the old
state and the new, so late events, reopenings and changes of unit correct the windows they belong to, exactly.
"""

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from ioc.catalogue import Online
from ioc.directive import Answer, Directive
from ioc.figures.aggregates import LADDER_AT, RAISED_AT, Changed, Contribution, Counted, Measure, Timing, Who
from ioc.incident import BREACHED, LADDER, Incident
from ioc.lifecycle import State
from ioc.payloads import Satisfaction, TargetName
from ioc.steps import last_said
from ioc.times import Instant


def who(incident: Incident) -> Who:
    """Return the service, unit and ward an incident's contributions are counted under."""
    return (incident.service, incident.unit or "", incident.ward or "")


def contributions(incident: Incident) -> list[Contribution]:
    """Return all an incident itself adds to the aggregates, about in the order it came about."""
    if incident.state is State.PENDING:
        return []
    return [
        Contribution(incident.reported_at, Measure.RECEIVED),
        *_dossiers(incident),
        *_standing(incident),
        *_waits(incident),
        *_endings(incident),
        *(Contribution(at, Measure.REOPENED) for at in incident.reopened_at),
        *_ratings(incident),
        *_escalations(incident),
    ]


_LEVELS = {
    Online.FULL: (Measure.DOSSIERS_FULL, Measure.DOSSIERS_FULL_ONLINE),
    Online.PARTIAL: (Measure.DOSSIERS_PARTIAL, Measure.DOSSIERS_PARTIAL_ONLINE),
}


def _dossiers(incident: Incident) -> Iterator[Contribution]:
    """Yield what an application counts as, by how much of its procedure is online, and whether it came online."""
    dossier, at = incident.dossier, incident.reported_at
    if dossier is None:
        return
    kinds = [(Measure.DOSSIERS, Measure.DOSSIERS_ONLINE)]
    if dossier.level in _LEVELS:
        kinds.append(_LEVELS[dossier.level])
    for received, online in kinds:
        yield Contribution(at, received)
        if dossier.came_online:
            yield Contribution(at, online)


class _Stretch(NamedTuple):
    """A time for which an incident stood open, without an end while it does; and when it came to be overdue."""

    start: Instant
    end: Instant | None
    overdue: Instant | None


def _standing(incident: Incident) -> Iterator[Contribution]:
    """Yield when the incident came to stand open and overdue, and when it ceased to."""
    for stretch in _stretches(incident):
        yield Contribution(stretch.start, Measure.OPEN)
        if stretch.end is not None:
            yield Contribution(stretch.end, Measure.OPEN, -1)
        if stretch.overdue is not None:
            yield Contribution(stretch.overdue, Measure.OVERDUE)
            if stretch.end is not None:
                yield Contribution(stretch.end, Measure.OVERDUE, -1)


def _stretches(incident: Incident) -> Iterator[_Stretch]:
    """Yield the times for which the incident stood open.

    Another service's clock may be behind: nothing stands open before its report.
    """
    start = incident.reported_at
    for run in incident.runs:
        end = max(start, run.closed)
        yield _Stretch(start, end, _overdue(start, end, run.due))
        start = max(end, run.reopened)
    closed = None if incident.closed_at is None else max(start, incident.closed_at)
    clock = incident.clock(TargetName.RESOLVE)
    known = clock is not None and (closed is not None or last_said(clock, incident) >= BREACHED)
    yield _Stretch(start, closed, _overdue(start, closed, clock.due if clock is not None and known else None))


def _overdue(start: Instant, end: Instant | None, due: Instant | None) -> Instant | None:
    """Return when a stretch came to be overdue. On the due instant itself there is still time."""
    if due is None or (end is not None and end <= due):
        return None
    return max(start, due)


def _waits(incident: Incident) -> Iterator[Contribution]:
    if incident.acknowledged_at is not None:
        yield Contribution(incident.acknowledged_at, Measure.ACKNOWLEDGED)
        yield _timed(incident, Timing.ACKNOWLEDGE, incident.acknowledged_at)
    if incident.assigned_at is not None:
        yield Contribution(incident.assigned_at, Measure.ASSIGNED)
        yield _timed(incident, Timing.ASSIGN, incident.assigned_at)


def _timed(incident: Incident, timing: Timing, at: Instant) -> Contribution:
    """Return the time since the report; another service's clock may be behind, and then it is none."""
    return Contribution(at, timing, max(0, at - incident.reported_at))


_ENDINGS = {
    State.CANCELLED: Measure.CANCELLED,
    State.REJECTED: Measure.REJECTED,
    State.MERGED: Measure.MERGED,
}


def _endings(incident: Incident) -> Iterator[Contribution]:
    at = incident.closed_at
    if at is None:
        return
    if incident.state is not State.RESOLVED:
        yield Contribution(at, _ENDINGS[incident.state])
        return
    yield Contribution(at, Measure.RESOLVED)
    yield Contribution(at, Measure.ON_TIME if incident.on_time else Measure.LATE)
    yield _timed(incident, Timing.HANDLING, at)
    if incident.worked is not None:
        yield Contribution(at, Timing.WORKING, incident.worked)
    yield from (Contribution(at, measure) for measure in _displeasing(incident))


def _displeasing(incident: Incident) -> Iterator[Measure]:
    """Yield what speaks against a solution. QD 766 leaves it out of the satisfied once, however much does."""
    complained = any(run.complained for run in incident.runs)
    not_satisfied = incident.satisfaction is Satisfaction.NOT_SATISFIED
    if complained:
        yield Measure.COMPLAINED
    if not_satisfied:
        yield Measure.NOT_SATISFIED
    if complained or not_satisfied or not incident.on_time:
        yield Measure.NOT_GOOD


def _ratings(incident: Incident) -> Iterator[Contribution]:
    at = incident.rated_at
    of_no_result = incident.state is State.MERGED and incident.outcome is not State.RESOLVED
    if at is None or of_no_result:
        return
    yield Contribution(at, Measure.RATED)
    if incident.score is not None:
        yield Contribution(at, Measure.SCORED)
        yield Contribution(at, Measure.SCORE, incident.score)
    if incident.satisfaction is Satisfaction.NOT_SATISFIED:
        yield Contribution(at, Measure.DISSATISFIED)


def _escalations(incident: Incident) -> Iterator[Contribution]:
    for at, level in incident.raises:
        yield Contribution(at, RAISED_AT[level])
    for said in incident.said:
        if said.step >= LADDER:
            yield Contribution(said.at, Measure.ESCALATED)
            yield Contribution(said.at, LADDER_AT[said.level])


def directed(incident: Incident) -> Iterator[Counted]:
    """Yield what the directives of an incident add: each under the unit it was given to, whoever handles the matter."""
    service, _, ward = who(incident)
    for directive in incident.directives:
        for answer in directive.answers:
            for contribution in _answered(directive, answer):
                yield Counted((service, answer.unit, ward), contribution)


def _answered(directive: Directive, answer: Answer) -> Iterator[Contribution]:
    yield Contribution(directive.at, Measure.DIRECTIVES)
    if answer.acknowledged_at is not None:
        yield Contribution(answer.acknowledged_at, Measure.DIRECTIVES_ACKNOWLEDGED)
        since = answer.acknowledged_at - directive.at
        yield Contribution(answer.acknowledged_at, Timing.DIRECTIVE_ACKNOWLEDGE, since)
    if answer.done_at is not None:
        in_time = Measure.DIRECTIVES_ON_TIME if directive.on_time(answer) else Measure.DIRECTIVES_LATE
        yield Contribution(answer.done_at, Measure.DIRECTIVES_DONE)
        yield Contribution(answer.done_at, in_time)
        yield Contribution(answer.done_at, Timing.DIRECTIVE_DONE, answer.done_at - directive.at)


def counted(incident: Incident) -> list[Counted]:
    """Return all an incident adds to the aggregates, and under whom."""
    handling = who(incident)
    return [*(Counted(handling, one) for one in contributions(incident)), *directed(incident)]


def difference(old: Incident | None, new: Incident | None) -> Iterator[Changed]:
    """Yield what leads from the contributions of the old state to those of the new."""
    if old is not None and new is not None and _counted(old) == _counted(new):
        return
    gone, come = _apart(counted(old) if old is not None else [], counted(new) if new is not None else [])
    for one in gone:
        yield Changed(*one, -1)
    for one in come:
        yield Changed(*one, 1)


_counted = attrgetter(
    *("state", "service", "unit", "ward", "reported_at", "acknowledged_at", "assigned_at", "closed_at", "on_time"),
    *("worked", "reopened_at", "rated_at", "score", "satisfaction", "said"),
    *("runs", "clocks", "rule", "raises", "outcome", "dossier", "directives"),
)
"""All of an incident that its contributions are made of: most events change none of it."""


def _apart(before: list[Counted], after: list[Counted]) -> tuple[list[Counted], list[Counted]]:
    """Return what each of the lists has and the other has not, so that no window is touched for nothing."""
    gone, come = Counter(before), list[Counted]()
    for one in after:
        if gone[one] > 0:
            gone[one] -= 1
        else:
            come.append(one)
    return list(gone.elements()), come
