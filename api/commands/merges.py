"""What speaks against merging one incident into another, as far as the read model tells."""

from collections.abc import Iterator, Mapping

from api.read_model.index.entry import IndexEntry
from api.read_model.read_model import ReadModel
from ioc.core.rejections import FieldError
from ioc.incident.lifecycle import State


def unknown_parent(values: Mapping[str, object], model: ReadModel) -> list[FieldError]:
    """Return the error of a body that names an incident nobody knows as the parent."""
    parent_id = _parent_id(values)
    return [] if parent_id is None or model.entry(parent_id) is not None else [FieldError("into", "no such incident")]


def conflicts(values: Mapping[str, object], entry: IndexEntry, model: ReadModel) -> Iterator[FieldError]:
    """Yield why an incident cannot be merged into the parent that a body names, as both stand now."""
    parent = model.entry(_parent_id(values) or "")
    if parent is None:
        return
    if entry.incident.id in _ancestors(parent, model):
        yield FieldError("into", "is merged into this incident itself")
    ended_at = parent.incident.fate.ended_at
    if ended_at is not None and ended_at < entry.incident.reported_at:
        yield FieldError("into", "had ended before this was reported")


def _parent_id(values: Mapping[str, object]) -> str | None:
    incident_id = values.get("into")
    return incident_id if isinstance(incident_id, str) else None


def _ancestors(entry: IndexEntry, model: ReadModel) -> set[str]:
    """Return the parent of an incident, the parent's parent and so on. An old circle ends, too."""
    ancestors: set[str] = set()
    parent_id = entry.incident.parent if entry.incident.state is State.MERGED else None
    while parent_id is not None and parent_id not in ancestors:
        ancestors.add(parent_id)
        parent = model.entry(parent_id)
        parent_id = None if parent is None else parent.incident.parent
    return ancestors
