"""From a fact to its notifications: their occasion, which units receive them, through which channels, how urgently."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, assert_never

from ioc.catalogue.channel import SCREEN
from ioc.catalogue.city import Catalogue
from ioc.core.exhaustive import total
from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.incident.facts import Fact, FactKind
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.notification import Notification, NotificationStatus, Occasion, notification_id

OCCASIONS: Mapping[FactKind, Occasion | None] = total(
    {
        FactKind.REPORTED: None,
        FactKind.DUE_SET: None,
        FactKind.WARNED: Occasion.WARNED,
        FactKind.BREACHED: None,  # escalations follow; only whoever gave a directive is notified at once
        FactKind.ESCALATED: Occasion.ESCALATED,
        FactKind.DIRECTED: Occasion.DIRECTED,
        FactKind.DIRECTIVE_ACKNOWLEDGED: None,
        FactKind.DIRECTIVE_DONE: None,
        FactKind.URGENT: Occasion.URGENT,
        FactKind.INVOLVED: Occasion.URGENT,
        FactKind.LOWERED: Occasion.LOWERED,
        FactKind.RESOLVED: None,
        FactKind.CANCELLED: None,
        FactKind.REJECTED: None,
        FactKind.PROPOSED: None,
        FactKind.MERGED: None,
        FactKind.UNMERGED: None,
        FactKind.FOLLOWED: None,
        FactKind.REOPENED: None,
        FactKind.RATED: None,
        FactKind.SHELVED: None,
        FactKind.RETURNED: Occasion.RETURNED,
        FactKind.LAPSED: None,
        FactKind.CATALOGUE: None,
        FactKind.CORRECTED: None,
        FactKind.REFUSED: None,
        FactKind.DUPLICATE: None,
    },
    FactKind,
)
"""The occasion of each kind of fact; None for those that nobody is notified of."""

Recipient = tuple[str, str]
"""A unit, and a channel through which it is notified."""


class Trigger(NamedTuple):
    """What causes notifications: a fact, or the end of a maintenance window. Times in ms."""

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


def trigger_of(fact: Fact) -> Trigger | None:
    """Return the trigger that a fact is; None when nobody is notified of it."""
    occasion = _occasion(fact)
    if occasion is None:
        return None
    by_people = occasion is Occasion.ESCALATED and fact.target is None and fact.directive is None
    return Trigger(
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
    """Return the occasion of a fact; the breach of a directive is one when the fact names who gave it."""
    if fact.kind is FactKind.BREACHED and fact.directive is not None and fact.recipient is not None:
        return Occasion.NOT_DONE
    return OCCASIONS[fact.kind]


def maintenance_end(window: MaintenanceWindow, incident: Summary) -> Trigger:
    """Return the trigger that the end of a maintenance window is for an incident in its scope that is still open."""
    trigger_id = f"{window.id}/{incident.id}/still_open"
    return Trigger(trigger_id, Occasion.STILL_OPEN, incident.id, window.actual_end, window.actual_end)


def recipients(fact: Fact, incident: Summary | None, catalogue: Catalogue) -> list[Recipient]:
    """Return the units that are notified of a fact, with each of their channels, without repetition.

    An escalation goes through the channel of its step and by the routes of its unit; everything else goes by routes.
    A unit without a route is notified on the screen, so that no notification is without a recipient.
    """
    routed = list(_routes(_units(fact, incident, catalogue), catalogue))
    if _occasion(fact) is Occasion.ESCALATED:
        unit, channel = _escalated_to(fact, incident, catalogue)
        routed = [*([(unit, channel)] if unit and channel else []), *routed]
    return list(dict.fromkeys(routed))


def recipients_after_maintenance(incident: Summary, catalogue: Catalogue) -> list[Recipient]:
    """Return the units that are notified that an incident is still open, with each of their channels."""
    return list(dict.fromkeys(_routes(_handling(incident.unit, incident, catalogue), catalogue)))


def _routes(units: Iterable[str], catalogue: Catalogue) -> Iterator[Recipient]:
    for unit in units:
        for channel in catalogue.channels_of(unit) or (SCREEN,):
            yield unit, channel


def _units(fact: Fact, incident: Summary | None, catalogue: Catalogue) -> Iterable[str]:
    occasion = _occasion(fact)
    match occasion:
        case Occasion.DIRECTED | Occasion.URGENT | Occasion.LOWERED:
            return fact.units or _handling(fact.unit, incident, catalogue)
        case Occasion.NOT_DONE:
            return (fact.recipient,) if fact.recipient else ()
        case Occasion.ESCALATED:
            unit, _ = _escalated_to(fact, incident, catalogue)
            return (unit,) if unit else _handling(fact.unit, incident, catalogue)
        case Occasion.WARNED | Occasion.RETURNED | Occasion.STILL_OPEN | None:
            return _handling(fact.unit, incident, catalogue)
        case _:
            assert_never(occasion)


def _handling(unit: str | None, incident: Summary | None, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the unit that handles an incident; while none does, the unit that is responsible for its service."""
    if unit is None and incident is not None:
        service = catalogue.services.get(incident.service)
        unit = incident.unit or (service.unit if service is not None else None)
    return (unit,) if unit else ()


def _escalated_to(fact: Fact, incident: Summary | None, catalogue: Catalogue) -> tuple[str | None, str | None]:
    """Return the unit and the channel of an escalation: those of the fact, else those the rule has for its level."""
    if fact.recipient is not None:
        return fact.recipient, fact.channel
    rule = catalogue.rules.by_id.get(fact.rule or (incident.rule if incident is not None else ""))
    steps = rule.escalation_steps if rule is not None else ()
    return next(((step.unit, step.channel) for step in steps if step.level == fact.level), (None, None))


def new_notifications(
    trigger: Trigger, to: Iterable[Recipient], incident: Summary | None, now: Instant
) -> Iterator[Notification]:
    """Yield a waiting notification for each recipient of a trigger."""
    urgent = trigger.occasion in (Occasion.URGENT, Occasion.LOWERED) or (incident is not None and incident.is_urgent)
    for unit, channel in to:
        yield Notification(
            id=notification_id(trigger.id, unit, channel),
            cause=trigger.id,
            occasion=trigger.occasion,
            incident=trigger.incident,
            unit=unit,
            channel=channel,
            status=NotificationStatus.WAITING,
            at=now,
            planned_at=now,
            time=trigger.time,
            urgent=urgent,
            level=trigger.level,
            target=trigger.target,
            due=trigger.due,
            ordered=trigger.ordered,
            about=trigger.about,
        )
