"""Maintenance windows: times in which work is known to be done, so that nobody is told of what it brings about.

A window never changes an incident. It holds back notifications and marks rows; when it ends, what is still open in
its scope is told once.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from ioc.core.rejections import FieldError
from ioc.core.times import DAY, Instant

LONGEST = 30 * DAY
# An ended window is remembered so long by those who work off its end.
REMEMBERED = 30 * DAY


class Placed(Protocol):
    """What a scope asks of an incident."""

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
    """Which incidents are meant: those that have one of the names on every side that is given."""

    services: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when no side is given: such a scope would be the whole city."""
        return not (self.services or self.categories or self.units or self.wards or self.sources)

    def covers(self, one: Placed) -> bool:
        """True when an incident is meant. A unit is meant by its own code, not by that of one above it."""
        return not self.is_empty and all(
            not wanted or any(name in wanted for name in names)
            for wanted, names in (
                (self.services, (one.service,)),
                (self.categories, (one.category,)),
                (self.units, (one.unit, *one.units)),
                (self.wards, (one.ward,)),
                (self.sources, (one.source,)),
            )
        )


class MaintenanceWindow(Struct, frozen=True, omit_defaults=True):
    """One maintenance window, from `start` up to `end` (ms, UTC). `by` and `why` are whose it is and what for.

    One that was ended early has `ended_at`, by whom and why; before its start that calls it off.
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
    def until(self) -> Instant:
        """When it ends, or ended."""
        return self.end if self.ended_at is None else min(self.end, max(self.ended_at, self.start))

    def is_active(self, now: Instant) -> bool:
        """True from its start up to its end."""
        return self.start <= now < self.until

    def is_over(self, now: Instant) -> bool:
        """True once it has ended, if it ever began."""
        return self.start < self.until <= now


def faults(start: Instant, end: Instant, scope: MaintenanceScope, now: Instant) -> Iterator[FieldError]:
    """Yield what is wrong with a window that is to be opened now."""
    if scope.is_empty:
        yield FieldError("scope", "must name a service, a category, a unit, a ward or a source")
    if end <= start:
        yield FieldError("to", "must come after 'from'")
    elif end <= now:
        yield FieldError("to", "must be still to come")
    if end - start > LONGEST:
        yield FieldError("to", f"is more than {LONGEST // DAY} days after 'from'")
    if start > now + 365 * DAY:
        yield FieldError("from", "is more than a year ahead")


class MaintenanceWindows:
    """All windows, by their id."""

    def __init__(self) -> None:
        self._all: dict[str, MaintenanceWindow] = {}

    def __len__(self) -> int:
        return len(self._all)

    def put(self, id: str, window: MaintenanceWindow | None) -> None:
        """Take over a window, or take one out."""
        if window is None:
            self._all.pop(id, None)
        else:
            self._all[id] = window

    @property
    def all(self) -> Mapping[str, MaintenanceWindow]:
        """All of them, those that are over too."""
        return self._all

    def active(self, now: Instant) -> list[MaintenanceWindow]:
        """Return those that are active, the one that ends last before the others."""
        active = [window for window in self._all.values() if window.is_active(now)]
        return sorted(active, key=lambda window: (window.until, window.id), reverse=True)

    def over(self, now: Instant) -> Iterator[MaintenanceWindow]:
        """Yield those that have ended, not too long ago."""
        return (window for window in self._all.values() if window.is_over(now) and window.until > now - REMEMBERED)
