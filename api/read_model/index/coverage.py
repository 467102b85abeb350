"""The coverage of maintenance windows: which open incidents lie in the scope of an active one."""

from collections.abc import Sequence

from pyroaring import BitMap

from api.read_model.index.entry import IndexEntry
from api.read_model.index.facets import Facets
from ioc.notifications.maintenance import MaintenanceWindow


class MaintenanceCoverage:
    """The active windows, those that end last first: an incident in the scope of several counts to the first."""

    def __init__(self, facets: Facets) -> None:
        self._facets = facets
        self._active: Sequence[MaintenanceWindow] = []

    def update(self, active: Sequence[MaintenanceWindow]) -> BitMap:
        """Replace the active windows; return the open incidents that lie under another one now, or under none."""
        changed = BitMap()
        if active == self._active:
            return changed
        before = self._by_window()
        self._active = active
        after = self._by_window()
        for window_id in before.keys() | after.keys():
            changed |= before.get(window_id, BitMap()) ^ after.get(window_id, BitMap())
        return changed

    def _by_window(self) -> dict[str, BitMap]:
        by_window, rest = dict[str, BitMap](), self._facets.open
        for window in self._active:
            by_window[window.id] = self._facets.in_scope(window.scope) & rest
            rest = rest - by_window[window.id]
        return by_window

    def covered(self) -> BitMap:
        """Return the open incidents that lie under any active window."""
        return BitMap.union(BitMap(), *self._by_window().values())

    def count(self, window: MaintenanceWindow) -> int:
        """Return how many open incidents lie in the scope of a window, active or not."""
        return len(self._facets.in_scope(window.scope) & self._facets.open)

    def window_over(self, entry: IndexEntry) -> str | None:
        """Return the id of the active window an incident lies under; None of a closed one."""
        over = (window.id for window in self._active if entry.is_open and window.scope.covers(entry.incident))
        return next(over, None)
