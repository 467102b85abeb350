"""What an event costs a worker that holds very many open incidents, and what each of those takes: in this one process.

Called with the number of incidents; prints `Held` as JSON. The fold is that of a worker's partition, Kafka left out:
every state, figure and fact is worked out and encoded as it is written.
"""

import gc
import sys
import time

import msgspec
import psutil
from msgspec import Struct

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.records import ClockKind
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.processors.incidents import IncidentProcessor
from streams.clock import now_ms
from streams.memory import release_free_memory
from tests.bench.load.states import Afternoon, afternoon, as_records, fold

# The events of so many cities are folded in each turn; the quickest turn counts, as nothing else makes one quicker.
CITIES, TURNS = 6, 3


class Held(Struct, frozen=True):
    """Incidents held, bytes for each, states put back a second of CPU time, microseconds of CPU time an event."""

    incidents: int
    bytes: float
    restored: float
    event: float


def measure(count: int) -> Held:
    """Return what it costs to hold so many open incidents."""
    now = now_ms()
    held = afternoon(load_catalogue(hue_folder()), now)
    gc.collect()
    release_free_memory()
    before, began = _memory(), time.process_time()
    processor = _filled(held, count)
    took = time.process_time() - began
    gc.collect()
    release_free_memory()  # as a worker does
    size = (_memory() - before) / count
    return Held(count, size, count / took, min(_turn(processor, held, count, turn, now) for turn in range(TURNS)))


def _filled(held: Afternoon, count: int) -> IncidentProcessor:
    processor = IncidentProcessor(0, load_catalogue(hue_folder()), ClockKind.WALL)
    for key, state in held.open_incidents(count):
        processor.restore(Topic.INCIDENTS, key, state)
    processor.build_indexes()
    assert processor.state_count == count
    return processor


def _turn(processor: IncidentProcessor, held: Afternoon, count: int, turn: int, now: Instant) -> float:
    """Return the microseconds of CPU time an event takes, in cities that no other turn has touched."""
    whole = held.cities(count)
    chosen = sorted({(turn + TURNS * number * whole // (TURNS * CITIES)) % whole for number in range(CITIES)})
    events = as_records(list(held.records(chosen)), processor.position.next, now)
    began = time.process_time()
    fold(processor, events)
    return (time.process_time() - began) / len(events) * 1e6


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(int(sys.argv[1]))))
