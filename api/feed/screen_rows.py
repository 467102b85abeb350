"""The rows on the screens: the open incidents to be dealt with first, and the recently closed ones.

A screen is read from its top, and nobody reads a million rows: what is beyond the first few thousand it searches for.
"""

from collections.abc import Iterator

from msgspec import Raw

from api.http.json import raw_json
from api.incidents.serializer import row
from api.read_model.index.entry import IndexEntry
from api.read_model.index.work_order import NEVER
from api.read_model.read_model import ReadModel
from ioc.core.times import HOUR, Instant, Millis
from ioc.incident.lifecycle import State

# At most this many open incidents are on the screens, the first in the order of work.
MAX_OPEN = 5_000
# How long a closed incident stays on the screens, and at most how many do, the latest.
CLOSED_SHOWN: Millis = 1 * HOUR
MAX_CLOSED = 1_000


class ScreenRows:
    """The rows on the screens. They begin empty: the first changes are all rows there are."""

    def __init__(self, model: ReadModel) -> None:
        self.model = model
        self.rows: dict[str, Raw] = {}
        self._open_end = b""  # open incidents are shown before this key of the order of work
        self._closed_start: Instant = NEVER  # closed ones are shown from this instant on

    def update(self) -> dict[str, Raw | None]:
        """Bring the rows up to date; return those that are new or changed, and None for those that were removed."""
        now = self.model.now()
        overdue_changes = (changed for changed in self.model.take_overdue_changes() if changed in self.rows)
        candidates = {*self.model.dirty, *self._move_limits(now), *overdue_changes}
        self.model.dirty.clear()
        rows = {incident_id: self._row(incident_id, now) for incident_id in sorted(candidates)}
        changes = {key: raw for key, raw in rows.items() if raw is not None or key in self.rows}
        for incident_id, raw in changes.items():
            if raw is None:
                del self.rows[incident_id]
            else:
                self.rows[incident_id] = raw
        return changes

    def _move_limits(self, now: Instant) -> Iterator[str]:
        """Move the limits of what is shown; yield the incidents between the old limits and the new."""
        incidents = self.model.incidents
        open_end = incidents.key_of_open(MAX_OPEN)
        closed_start = incidents.start_of_closed(now - CLOSED_SHOWN, MAX_CLOSED)
        yield from incidents.open_between(*sorted((self._open_end, open_end)))
        yield from incidents.closed_between(*sorted((self._closed_start, closed_start)))
        self._open_end, self._closed_start = open_end, closed_start

    def _row(self, incident_id: str, now: Instant) -> Raw | None:
        if self.model.incidents.is_open_from(incident_id, self._open_end):
            return None  # most are, where there are many: they are not even decompressed
        entry = self.model.entry(incident_id)
        return raw_json(row(entry, now)) if entry is not None and self._shows(entry) else None

    def _shows(self, entry: IndexEntry) -> bool:
        if entry.is_open:
            return entry.key < self._open_end
        return entry.incident.state is not State.MERGED and (entry.incident.closed_at or 0) >= self._closed_start

    def in_order(self) -> list[Raw]:
        """Return all rows: the open ones in the order of work, then the closed ones, the earliest first."""
        incidents = self.model.incidents
        open_ids = incidents.open_between(b"", self._open_end)
        closed_ids = incidents.closed_between(self._closed_start, NEVER)
        return [self.rows[incident_id] for incident_id in (*open_ids, *closed_ids)]
