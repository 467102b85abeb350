"""The clock of one target of an incident: what it has counted, when it is due, and how it ended."""

from msgspec import Struct

from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis


class SlaClock(Struct, array_like=True, omit_defaults=True, gc=False):
    """The deadline of one target: `total` ms of working time, of which `used` had passed when it began at `base`.

    `due` and `warn` are None while a pause holds the clock. An `explicit` deadline came with the report and counts no
    working time. `met` is when the target was reached; `stopped` ends a clock that no longer matters. `run` counts how
    often the clock was restarted since the incident was reported or last reopened.
    """

    target: TargetName
    base: Instant
    total: Millis
    used: Millis = 0
    due: Instant | None = None
    warn: Instant | None = None
    met: Instant | None = None
    explicit: bool = False
    stopped: Instant | None = None
    run: int = 0

    @property
    def budget(self) -> Millis:
        """Working time in ms that was left at `base`."""
        return max(0, self.total - self.used)

    @property
    def in_time(self) -> bool:
        """True when the target was reached no later than its due."""
        return self.met is not None and self.due is not None and self.met <= self.due

    @property
    def running(self) -> bool:
        """True while the target is neither met nor stopped."""
        return self.met is None and self.stopped is None
