"""The urgent path: what is urgent concerns several units at once, and is not made less urgent in silence."""

from collections.abc import Iterator

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.core.scalars import Priority
from ioc.incident.facts import FactKind
from ioc.incident.payloads import Updated
from ioc.incident.state import Incident

# As much of the words as is kept of an old update: enough to see that somebody gave a reason.
_KEPT = 256

_WHY = "what is urgent is lowered only by somebody who says why"


def lowers(incident: Incident, priority: Priority | None) -> bool:
    """True when a priority takes an incident off the urgent path."""
    return priority is not None and priority is not Priority.URGENT and incident.priority is Priority.URGENT


def missing_words(update: Updated) -> tuple[FieldError, ...]:
    """Return a fault for each word that an update lacks which lowers what is urgent: by whom, and why."""
    words = {"actor": update.actor, "text": update.text}
    return tuple(FieldError(f"data.{name}", _WHY) for name, word in words.items() if word is None or not word.strip())


def shorten(update: Updated) -> Updated:
    """Return an update with the beginning of its words alone."""
    actor, text = ((word or "").strip()[:_KEPT] or None for word in (update.actor, update.text))
    return replace(update, actor=actor, text=text)


def units_concerned(incident: Incident, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the units told at once: of what is urgent all that take part in it, else those the rule brings in."""
    if not incident.is_open:
        return ()
    if incident.priority is Priority.URGENT:
        handling = () if incident.unit is None else (incident.unit,)
        return tuple(dict.fromkeys((*handling, *incident.units)))
    rule = catalogue.rules.by_id.get(incident.rule)
    return () if rule is None else rule.involve


def unit_changes(old: Incident, new: Incident, catalogue: Catalogue) -> Iterator[tuple[FactKind, tuple[str, ...]]]:
    """Yield what units are to be told at once of a change, and which."""
    if not new.is_open:
        return
    before, after = units_concerned(old, catalogue), units_concerned(new, catalogue)
    was, is_urgent = old.is_open and old.priority is Priority.URGENT, new.priority is Priority.URGENT
    if was and not is_urgent:
        yield FactKind.LOWERED, before
    known = before if was or not is_urgent else ()
    fresh = tuple(unit for unit in after if unit not in known)
    if fresh:
        yield (FactKind.URGENT if is_urgent else FactKind.INVOLVED), fresh
