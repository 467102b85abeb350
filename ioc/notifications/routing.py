"""From a fact to who is to be told: the unit, the channel, how urgent, and on what occasion. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ioc.catalogue.channel import SCREEN
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.incident.facts import Fact, Kind
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.notification import Notification, Occasion, Status, notification_id

# Kinds of facts that somebody is told of. All others are for figures and histories.
OCCASIONS: Mapping[Kind, Occasion] = {
    Kind.WARNED: Occasion.WARNED,
    Kind.ESCALATED: Occasion.ESCALATED,
    Kind.DIRECTED: Occasion.DIRECTED,
    Kind.URGENT: Occasion.URGENT,
    Kind.INVOLVED: Occasion.URGENT,
    Kind.LOWERED: Occasion.LOWERED,
    Kind.RETURNED: Occasion.RETURNED,
}


class Cause(NamedTuple):
    """What brings notifications about: a fact, or the end of a maintenance window. Times in ms."""

    id: str
    occasion: Occasion
    incident: str
    time: Instant
    at: Instant
    level: int = 0
    target: TargetName | None = None
    due: Instant | None = None
    ordered: bool = False
    shelved: bool = False
    about: str | None = None


def cause_of(fact: Fact) -> Cause | None:
    """Return what a fact is to those who tell people; None when nobody is told of it."""
    occasion = _occasion(fact)
    if occasion is None:
        return None
    by_people = occasion is Occasion.ESCALATED and fact.target is None and fact.directive is None
    return Cause(
        fact.id,
        occasion,
        fact.incident,
        fact.time,
        fact.at,
        fact.level,
        fact.target,
        fact.due,
        by_people or occasion is Occasion.DIRECTED,
        fact.shelved,
        fact.unit if fact.directive is not None and occasion is not Occasion.DIRECTED else None,
    )


def _occasion(fact: Fact) -> Occasion | None:
    """Return the occasion of a fact. Of a breach the ladder tells; of a directive's, who gave it hears at once."""
    if fact.kind is Kind.BREACHED and fact.directive is not None and fact.recipient is not None:
        return Occasion.NOT_DONE
    return OCCASIONS.get(fact.kind)


def end_of(window: MaintenanceWindow, one: Summary) -> Cause:
    """Return what the end of a maintenance window is for an incident in its scope that is still open."""
    return Cause(f"{window.id}/{one.id}/still_open", Occasion.STILL_OPEN, one.id, window.until, window.until)


def whom(fact: Fact, one: Summary | None, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the units a fact is told to, each with its channels: pairs of unit and channel, each once.

    An escalation is told through the channel of its rung and the routes of the unit it goes to; all else by routes.
    A unit without any route is told on the screen, so that nothing planned is told to nobody.
    """
    pairs = list(_pairs(_units(fact, one, catalogue), catalogue))
    if _occasion(fact) is Occasion.ESCALATED:
        unit, channel = _rung(fact, one, catalogue)
        pairs = [*([(unit, channel)] if unit and channel else []), *pairs]
    return list(dict.fromkeys(pairs))


def whom_still(one: Summary, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the units that are told that an incident is still open, each with its channels."""
    return list(dict.fromkeys(_pairs(_handling(one.unit, one, catalogue), catalogue)))


def _pairs(units: Iterable[str], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for unit in units:
        for channel in catalogue.channels_of(unit) or (SCREEN,):
            yield unit, channel


def _units(fact: Fact, one: Summary | None, catalogue: Catalogue) -> Iterable[str]:
    match _occasion(fact):
        case Occasion.DIRECTED:
            return fact.units
        case Occasion.URGENT | Occasion.LOWERED:
            return fact.units or _handling(fact.unit, one, catalogue)
        case Occasion.NOT_DONE:
            return (fact.recipient,) if fact.recipient else ()
        case Occasion.ESCALATED:
            unit, _ = _rung(fact, one, catalogue)
            return (unit,) if unit else _handling(fact.unit, one, catalogue)
        case _:
            return _handling(fact.unit, one, catalogue)


def _handling(unit: str | None, one: Summary | None, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the unit that has a matter; while nobody has it, the one that answers for its service."""
    if unit is None and one is not None:
        known = catalogue.services.get(one.service)
        unit = one.unit or (known.unit if known is not None else None)
    return (unit,) if unit else ()


def _rung(fact: Fact, one: Summary | None, catalogue: Catalogue) -> tuple[str | None, str | None]:
    """Return whom an escalation goes to, and how: as the fact says, else as the ladder has it for that level."""
    if fact.recipient is not None:
        return fact.recipient, fact.channel
    rule = catalogue.rules.by_id.get(fact.rule or (one.rule if one is not None else ""))
    rungs = rule.escalation_steps if rule is not None else ()
    return next(((rung.whom, rung.channel) for rung in rungs if rung.level == fact.level), (None, None))


def planned(
    cause: Cause, pairs: Iterable[tuple[str, str]], one: Summary | None, now: Instant
) -> Iterator[Notification]:
    """Yield the notifications of a cause as they begin."""
    urgent = cause.occasion in (Occasion.URGENT, Occasion.LOWERED) or (one is not None and one.is_urgent)
    for unit, channel in pairs:
        yield Notification(
            id=notification_id(cause.id, unit, channel),
            cause=cause.id,
            occasion=cause.occasion,
            incident=cause.incident,
            unit=unit,
            channel=channel,
            status=Status.WAITING,
            at=now,
            planned_at=now,
            time=cause.time,
            urgent=urgent,
            level=cause.level,
            target=cause.target,
            due=cause.due,
            ordered=cause.ordered,
            about=cause.about,
        )
