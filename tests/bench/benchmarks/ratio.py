"""What folding an event costs against what reading and writing it costs: a figure that hardly depends on the machine.

Both are taken in turn in one process, as CPU time, and of each the least counts: nothing else makes one quicker. So it
can be held against the recorded one by a test, on a machine that others use.
"""

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.records import ClockKind, Record
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.serde import encode
from streams.clock import now_ms
from tests.bench.contestants.raw import decode
from tests.bench.load.states import as_records, fold
from tests.bench.load.workload import records
from tests.bench.measured import Measured

CITIES, TURNS = 2, 3
ON = "all rules, in one process, Kafka left out"


class Ratio(Struct, frozen=True):
    """Microseconds of CPU time an event: to decode, keep and encode it; and to fold it and encode what came of it."""

    bare: float
    fold: float

    @property
    def value(self) -> float:
        """How many times as much a fold costs."""
        return self.fold / self.bare


def take_ratio() -> Ratio:
    """Measure both, a few seconds in all."""
    now = now_ms()
    catalogue = load_catalogue(hue_folder())
    log = as_records(list(records(CITIES, now)), 0, now)
    turns = [
        (_cost(_pass_on, log), _cost(lambda log: fold(IncidentProcessor(0, catalogue, ClockKind.WALL), log), log))
        for _ in range(TURNS)
    ]
    return Ratio(min(bare for bare, _ in turns), min(fold for _, fold in turns))


def measure_ratio(bootstrap: str, folder: Path) -> list[Measured]:
    """Return both costs and their ratio, which a test holds against what is recorded."""
    taken = take_ratio()
    return [
        Measured("decode, keep and encode", "CPU", taken.bare, "µs an event", on="nothing"),
        Measured("fold and encode", "CPU", taken.fold, "µs an event", on=ON),
        Measured("fold and encode", "of the bare work", taken.value, "x"),
    ]


def _cost(work: Callable[[Sequence[Record]], object], log: Sequence[Record]) -> float:
    """Return the microseconds of CPU time an event; what the collector does depends on what else is in the process."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        work(log)
        return (time.process_time() - began) / len(log) * 1e6
    finally:
        gc.enable()


def _pass_on(log: Sequence[Record]) -> None:
    """Decode each event, keep the last of each incident, and encode it again."""
    last: dict[bytes | None, bytes] = {}
    for record in log:
        try:
            last[record.key] = encode(decode(record.value or b""))
        except msgspec.DecodeError:  # some are broken
            last[record.key] = record.value or b""
