"""Marks in a replay: they say how far the clock is, and nothing else."""

from msgspec import Struct

from ioc.core.cloudevents import Envelope, out_of_time, rejection_of
from ioc.core.rejections import Rejection
from ioc.core.times import Instant, to_instant

WATERMARK_TYPE = "vn.ioc.clock.asof.v1"


class Watermark(Struct, frozen=True):
    """A mark in a replay: by now it is `time` (ms), though nothing happened. In operation it means nothing."""

    time: Instant


def read_watermark(envelope: Envelope) -> Watermark | Rejection:
    """Return the mark an envelope is, or why it is refused."""
    faults = out_of_time(envelope)
    return rejection_of(faults) if faults else Watermark(to_instant(envelope.time))
