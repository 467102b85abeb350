"""How fast observations of sensors are judged: sixty cities' sensors, each in the catalogue, in a day with a storm."""

import asyncio
import time
from pathlib import Path

from ioc.core.topics import Topic
from streams.clock import now_ms
from tests.bench.benchmarks.folding import verified, watch
from tests.bench.contestants.contest import LapReport, rows
from tests.bench.load.processes import peak_memory
from tests.bench.load.publish import publish
from tests.bench.load.workload import catalogue_with_sensors, records
from tests.bench.measured import Measured, scaled
from tests.city import city

CITIES = 40
ON = "exactly once, zombies fenced; levels, hysteresis, hold times, silence; the incidents they raise are folded, too"


def measure_sensors(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures of our worker at a backlog of observations."""
    cities = scaled(CITIES)
    catalogue = {"IOC_CATALOGUE": str(catalogue_with_sensors(cities, folder))}
    with city(bootstrap, folder, clock="wall") as centre:
        ends = asyncio.run(publish(bootstrap, records(cities, now_ms(), Topic.INDICATORS), Topic.INDICATORS))
        began = time.monotonic()
        worker = centre.start_worker(**catalogue)
        seen = asyncio.run(watch(centre, ends, began, Topic.INDICATORS))
        memory = peak_memory(worker.pid)
        on = f"{ON}; {verified(centre, catalogue)}"
    return rows("observations, 1 worker", on, LapReport(seen.events, seen.seconds, seen.cpu), seen.broker, memory)
