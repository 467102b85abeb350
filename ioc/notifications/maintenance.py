"""Maintenance windows: times of planned work, in which nobody is notified of the incidents that it causes.

A window never changes an incident. It suppresses notifications and marks rows on the screen; when it ends, units are
notified once of each incident in its scope that is still open.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from ioc.core.rejections import FieldError
from ioc.core.times import DAY, Instant

MAX_DURATION = 30 * DAY
# Notifications of its end are still sent this long (ms) after a window has ended.
RETENTION = 30 * DAY


class Scopable(Protocol):
    """An incident, as far as a scope looks at it."""

    @property
    def service(self) -> str: ...
    @property
    def category(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def units(self) -> tuple[str, ...]: ...
    @property
    def ward(self) -> str | None: ...
    @property
    def source(self) -> str: ...


class MaintenanceScope(Struct, frozen=True, omit_defaults=True):
    """The incidents that a window covers: those that match every dimension that is given, by one of its names."""

    services: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when no dimension is given; such a scope would be the whole city, and covers nothing."""
        return not (self.services or self.categories or self.units or self.wards or self.sources)

    def covers(self, incident: Scopable) -> bool:
        """True when an incident is in the scope. A unit is named by its own code, not by that of a unit above it."""
        return not self.is_empty and all(
            not scope or any(name in scope for name in names)
            for scope, names in (
                (self.services, (incident.service,)),
                (self.categories, (incident.category,)),
                (self.units, (incident.unit, *incident.units)),
                (self.wards, (incident.ward,)),
                (self.sources, (incident.source,)),
            )
        )


class MaintenanceWindow(Struct, frozen=True, omit_defaults=True):
    """A maintenance window, from `start` up to `end` (ms, UTC). `by` and `why` say who opened it, and what for.

    One that was ended early has `ended_at`, `ended_by` and `ended_why`; when that is before its start it is called off.
    """

    id: str
    scope: MaintenanceScope
    start: Instant
    end: Instant
    by: str
    why: str
    opened_at: Instant
    ended_at: Instant | None = None
    ended_by: str | None = None
    ended_why: str | None = None

    @property
    def actual_end(self) -> Instant:
        """When it ends, or ended early (ms)."""
        return self.end if self.ended_at is None else min(self.end, max(self.ended_at, self.start))

    def is_active(self, now: Instant) -> bool:
        """True from its start up to its end."""
        return self.start <= now < self.actual_end

    def is_over(self, now: Instant) -> bool:
        """True once it has ended, unless it was called off before it began."""
        return self.start < self.actual_end <= now


def window_errors(start: Instant, end: Instant, scope: MaintenanceScope, now: Instant) -> Iterator[FieldError]:
    """Yield the errors of a window that is to be opened now; their fields are those of the request."""
    if scope.is_empty:
        yield FieldError("scope", "must name a service, a category, a unit, a ward or a source")
    if end <= start:
        yield FieldError("to", "must come after 'from'")
    elif end <= now:
        yield FieldError("to", "must be still to come")
    if end - start > MAX_DURATION:
        yield FieldError("to", f"is more than {MAX_DURATION // DAY} days after 'from'")
    if start > now + 365 * DAY:
        yield FieldError("from", "is more than a year ahead")


class MaintenanceWindows:
    """All maintenance windows by their id."""

    def __init__(self) -> None:
        self._all: dict[str, MaintenanceWindow] = {}

    def __len__(self) -> int:
        return len(self._all)

    def put(self, window_id: str, window: MaintenanceWindow | None) -> None:
        """Add or replace a window; None removes it."""
        if window is None:
            self._all.pop(window_id, None)
        else:
            self._all[window_id] = window

    @property
    def all(self) -> Mapping[str, MaintenanceWindow]:
        """All windows, also those that are over."""
        return self._all

    def active(self, now: Instant) -> list[MaintenanceWindow]:
        """Return the active windows, the one that ends last first."""
        active = [window for window in self._all.values() if window.is_active(now)]
        return sorted(active, key=lambda window: (window.actual_end, window.id), reverse=True)

    def recently_ended(self, now: Instant) -> Iterator[MaintenanceWindow]:
        """Yield the windows that have ended within RETENTION."""
        return (window for window in self._all.values() if window.is_over(now) and window.actual_end > now - RETENTION)
