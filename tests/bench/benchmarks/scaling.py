"""What a second worker brings: the same backlog folded by one worker and by two, each settled before it begins.

Beside them a control: what a second process brings that shares nothing with the first. What the cores do not allow to
those two, no worker can have of them.
"""

import asyncio
import signal
import time
from pathlib import Path

from streams.clock import now_ms
from tests.bench.benchmarks.alone import fold_apart
from tests.bench.benchmarks.folding import ALL_ON, Folding, verified, watch
from tests.bench.contestants.contest import LapReport
from tests.bench.load.publish import publish
from tests.bench.load.workload import records
from tests.bench.measured import Measured, scaled
from tests.city import RunningCity, city

CITIES = 24
BAR = 1.7
# Each process of the control folds so many: what one of two workers has.
_EACH, _TURNS = CITIES // 2, 3
CONTROL = "control: the pure fold of the same day in memory, no Kafka; two processes share nothing but the machine"
# Frozen while the backlog is published, they must neither be taken for dead nor stop themselves.
_PATIENT = {"IOC_SESSION_TIMEOUT": "35", "IOC_FROZEN_AFTER": "300"}


def measure_scaling(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures of one worker and of two, and of one process and two that share nothing."""
    alone, apart = fold_apart(scaled(_EACH), _TURNS)
    one, told = _fold(bootstrap, folder, 1)
    two, told_of_two = _fold(bootstrap, folder, 2)
    allowed = _rate(apart) / _rate(alone)
    return [
        *_workers("1 worker", one, told),
        *_workers("2 workers", two, told_of_two),
        Measured("2 workers", "of one", _rate(two) / _rate(one), "x", at_least=BAR, allowed=allowed),
        Measured("2 workers", f"cores that {BAR} x takes", BAR * (one.cpu + one.broker) / one.seconds),
        *_control("1 process in memory", alone),
        *_control("2 processes that share nothing", apart),
        Measured("2 processes that share nothing", "of one", allowed, "x"),
    ]


def _rate(seen: Folding | LapReport) -> float:
    return (seen.events if isinstance(seen, Folding) else seen.records) / seen.seconds


def _workers(name: str, seen: Folding, on: str) -> list[Measured]:
    return [
        Measured(name, "throughput", _rate(seen), "events/s", on=f"{ALL_ON}; {on}"),
        Measured(name, "CPU", seen.cpu / seen.events * 1e6, "s/million events"),
        Measured(name, "cores they had", seen.cpu / seen.seconds),
        Measured(name, "CPU of the broker", seen.broker / seen.events * 1e6, "s/million events"),
        Measured(name, "cores the broker had", seen.broker / seen.seconds),
    ]


def _control(name: str, done: LapReport) -> list[Measured]:
    return [
        Measured(name, "throughput", _rate(done), "events/s", on=CONTROL),
        Measured(name, "CPU", done.cpu / done.records * 1e6, "s/million events"),
        Measured(name, "cores they had", done.cpu / done.seconds),
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


def _signal(centre: RunningCity, which: signal.Signals) -> None:
    for worker in centre.workers:
        worker.send_signal(which)
