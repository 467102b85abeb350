"""Urgent incidents: several units are notified together, and nobody lowers the priority without giving a reason."""

from collections.abc import Iterator

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.core.scalars import Priority
from ioc.incident.facts import FactKind
from ioc.incident.payloads import Updated
from ioc.incident.state import Incident

# Characters that remain of the texts of an old update: enough to see that somebody gave a reason.
_REASON_LENGTH = 256

_MISSING = "what is urgent is lowered only by somebody who says why"


def lowers(incident: Incident, priority: Priority | None) -> bool:
    """True when a priority makes an urgent incident less urgent."""
    return priority is not None and priority is not Priority.URGENT and incident.priority is Priority.URGENT


def missing_words(update: Updated) -> tuple[FieldError, ...]:
    """Return an error for each text that an update needs to lower an urgent incident: who does it, and why."""
    texts = {"actor": update.actor, "text": update.text}
    return tuple(
        FieldError(f"data.{name}", _MISSING) for name, text in texts.items() if text is None or not text.strip()
    )


def shorten(update: Updated) -> Updated:
    """Return an update with no more than the beginning of its texts."""
    actor, text = ((text or "").strip()[:_REASON_LENGTH] or None for text in (update.actor, update.text))
    return replace(update, actor=actor, text=text)


def units_concerned(incident: Incident, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the units to notify together: all that take part in an urgent incident, else those the rule brings in."""
    if not incident.is_open:
        return ()
    if incident.priority is Priority.URGENT:
        handling = () if incident.unit is None else (incident.unit,)
        return tuple(dict.fromkeys((*handling, *incident.units)))
    rule = catalogue.rules.by_id.get(incident.rule)
    return () if rule is None else rule.involve


def unit_changes(old: Incident, new: Incident, catalogue: Catalogue) -> Iterator[tuple[FactKind, tuple[str, ...]]]:
    """Yield which units a change is to be notified to, with the kind of the fact that does so."""
    if not new.is_open:
        return
    before, after = units_concerned(old, catalogue), units_concerned(new, catalogue)
    was_urgent, is_urgent = old.is_open and old.priority is Priority.URGENT, new.priority is Priority.URGENT
    if was_urgent and not is_urgent:
        yield FactKind.LOWERED, before
    informed = before if was_urgent or not is_urgent else ()
    fresh = tuple(unit for unit in after if unit not in informed)
    if fresh:
        yield (FactKind.URGENT if is_urgent else FactKind.INVOLVED), fresh
