"""What speaks against merging one incident into another, as far as the whole picture tells."""

from collections.abc import Iterator

from api.read_model.index.entry import IndexEntry
from api.read_model.read_model import ReadModel
from ioc.core.rejections import FieldError
from ioc.incident.lifecycle import State


def into(body: object) -> str | None:
    """Return the incident a body of the command `merge` names, however faulty it is otherwise."""
    named = body.get("into") if isinstance(body, dict) else None
    return named if isinstance(named, str) else None


def unknown(body: object, model: ReadModel) -> list[FieldError]:
    """Return the fault of a body that names an incident nobody knows."""
    named = into(body)
    return [] if named is None or model.card(named) is not None else [FieldError("into", "no such incident")]


def conflicts(body: object, card: IndexEntry, model: ReadModel) -> Iterator[FieldError]:
    """Yield why an incident cannot be merged into another as both stand now."""
    parent = model.card(into(body) or "")
    if parent is None:
        return
    if card.incident.id in _line(parent, model):
        yield FieldError("into", "is merged into this incident itself")
    ended_at = parent.incident.fate.ended_at
    if ended_at is not None and ended_at < card.incident.reported_at:
        yield FieldError("into", "had ended before this was reported")


def _line(card: IndexEntry, model: ReadModel) -> set[str]:
    """Return the parent of an incident, that one's parent and so on. A circle of old has an end too."""
    line: set[str] = set()
    above = card.incident.parent if card.incident.state is State.MERGED else None
    while above is not None and above not in line:
        line.add(above)
        known = model.card(above)
        above = known.incident.parent if known is not None else None
    return line
