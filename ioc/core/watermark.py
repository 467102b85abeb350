"""Watermarks of a replay: they move the clock of a partition, and do nothing else."""

from msgspec import Struct

from ioc.core.cloudevents import Envelope, rejection_of, time_errors
from ioc.core.rejections import Rejection
from ioc.core.times import Instant, to_instant

WATERMARK_TYPE = "vn.ioc.clock.asof.v1"


class Watermark(Struct, frozen=True):
    """It is `time` (ms) by now, though nothing happened. A worker that runs by the wall clock ignores it."""

    time: Instant


def read_watermark(envelope: Envelope) -> Watermark | Rejection:
    """Return the watermark in an envelope, or why it is refused."""
    errors = time_errors(envelope)
    return rejection_of(errors) if errors else Watermark(to_instant(envelope.time))
