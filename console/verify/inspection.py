"""The inspection: when the topics were read, and what may still have been in motion then."""

from collections.abc import Mapping
from dataclasses import dataclass

from ioc.core.records import ClockKind
from ioc.core.times import SECOND, Instant, Millis

# A tick's transaction may be under way while the topics are read one after another, and hosts' clocks differ a little.
_UNDER_WAY: Millis = 10 * SECOND
# How late a deadline may be announced beyond the time for which a tick waits for its input.
_GRACE: Millis = 60 * SECOND


@dataclass(frozen=True)
class Inspection:
    """When the topics were read (`started`, ms), and how the workers' time goes (`late_after`, ms)."""

    clock: ClockKind
    started: Instant
    late_after: Millis

    @property
    def by_wall(self) -> bool:
        """True when ticks announce the deadlines, at moments that no log tells."""
        return self.clock is ClockKind.WALL

    def is_fresh(self, touched: Instant) -> bool:
        """True when a tick may have been writing about something that was last written at this moment."""
        return self.by_wall and touched > self.started - _UNDER_WAY

    def fresh(self, touched: Mapping[str, Instant]) -> set[str]:
        """Return the ids about which a tick may have been writing, of ids with the moment each was last written."""
        return {key for key, at in touched.items() if self.is_fresh(at)}

    def is_forgotten(self, deadline: Instant | None, touched: Instant) -> bool:
        """True when a deadline should long have been announced: it, and what set it, lie too far back."""
        if not self.by_wall or deadline is None:
            return False
        return max(deadline, touched) < self.started - self.late_after - _GRACE
