"""What a second worker brings: the same backlog folded by one worker and by two, each settled before it begins."""

import asyncio
import signal
import time
from pathlib import Path

from streams.clock import now_ms
from tests.bench.folding import ALL_ON, Folding, verified, watch
from tests.bench.measured import Measured, scaled
from tests.bench.publish import publish
from tests.bench.workload import records
from tests.city import City, city

CITIES = 40
# Frozen while the backlog is published, they must neither be taken for dead nor stop themselves.
_PATIENT = {"IOC_SESSION_TIMEOUT": "35", "IOC_FROZEN_AFTER": "300"}


def measure_scaling(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures of one worker and of two."""
    one, told = _fold(bootstrap, folder, 1)
    two, told_of_two = _fold(bootstrap, folder, 2)
    return [
        *_rows("1 worker", one, told),
        *_rows("2 workers", two, told_of_two),
        Measured("2 workers", "of one", (two.events / two.seconds) / (one.events / one.seconds), "x", at_least=1.7),
    ]


def _rows(name: str, seen: Folding, on: str) -> list[Measured]:
    return [
        Measured(name, "throughput", seen.events / seen.seconds, "events/s", on=f"{ALL_ON}; {on}"),
        Measured(name, "CPU of the workers", seen.cpu / seen.events * 1e6, "s/million events"),
        Measured(name, "cores the workers had", seen.cpu / seen.seconds),
    ]


def _fold(bootstrap: str, folder: Path, workers: int) -> tuple[Folding, str]:
    """Let so many workers fold the same backlog, their partitions given out beforehand."""
    with city(bootstrap, folder, clock="wall") as centre:
        for _ in range(workers):
            centre.start_worker(**_PATIENT)
        centre.settle()
        _signal(centre, signal.SIGSTOP)
        ends = asyncio.run(publish(bootstrap, records(scaled(CITIES), now_ms())))
        began = time.monotonic()
        _signal(centre, signal.SIGCONT)
        return asyncio.run(watch(centre, ends, began)), verified(centre)


def _signal(centre: City, which: signal.Signals) -> None:
    for worker in centre.workers:
        worker.send_signal(which)
