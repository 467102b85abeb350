"""What folding costs with nothing in its way: processes that fold the same day in memory, Kafka left out.

Each is called with the number of cities, says when it is ready, and folds the day anew for every line it is sent, which
it answers with `LapReport` as JSON. The fold is that of a worker, partition by partition: all rules, and all that would
be written is encoded. Nothing is read from a broker or written to it, so nothing is guaranteed; what a worker sends
itself (sightings, reports of its own) is not folded.
"""

import gc
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Record
from ioc.processors.incidents import IncidentProcessor
from streams.clock import now_ms
from streams.worker import COLLECTING
from tests.bench.contestants.contest import LapReport
from tests.bench.load.publish import PARTITIONS
from tests.bench.load.states import SLICE, as_records, fold
from tests.bench.load.workload import records
from tests.bench.results import ROOT

Logs = Sequence[Sequence[Record]]


def fold_alone(cities: int) -> LapReport:
    """Fold the day of so many cities in one process, with nothing else running."""
    with _processes(1, cities) as running:
        return _turn(running)


def fold_apart(cities: int, turns: int) -> tuple[LapReport, LapReport]:
    """Fold the day of so many cities in one process, and in two at once that share nothing but the machine.

    Both are done in turn, and of each the quickest turn counts: what else runs makes none quicker.
    """
    with _processes(2, cities) as running:
        taken = [(_turn(running[:1]), _turn(running)) for _ in range(turns)]
    one, two = ([turn[n] for turn in taken] for n in (0, 1))
    return min(one, key=lambda turn: turn.seconds), min(two, key=lambda turn: turn.seconds)


@contextmanager
def _processes(count: int, cities: int) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Give so many processes once they are ready to fold; they end with their input."""
    command = [sys.executable, "-m", "tests.bench.benchmarks.alone", str(cities)]
    with ExitStack() as stack:
        running = [
            stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(count)
        ]
        for one in running:
            _answer(one)
        yield running


def _turn(running: Sequence[subprocess.Popen[bytes]]) -> LapReport:
    """Let all fold at once; return the records of all, the seconds of the slowest, the CPU seconds of all."""
    for one in running:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    done = [msgspec.json.decode(_answer(one), type=LapReport) for one in running]
    return LapReport(
        records=sum(one.records for one in done),
        seconds=max(one.seconds for one in done),
        cpu=sum(one.cpu for one in done),
    )


def _answer(one: subprocess.Popen[bytes]) -> bytes:
    assert one.stdout is not None
    said = one.stdout.readline()
    assert said, "a process that folds alone has ended"
    return said


def main(cities: int) -> None:
    """Fold the day for every line that comes."""
    gc.set_threshold(*COLLECTING)
    catalogue, logs = load_catalogue(hue_folder()), _logs(cities)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(msgspec.json.encode(_fold(catalogue, logs)).decode(), flush=True)


def _logs(cities: int) -> Logs:
    """Return the day's records of each partition."""
    now = now_ms()
    logs: list[list[tuple[bytes, bytes]]] = [[] for _ in range(PARTITIONS)]
    for key, value in records(cities, now):
        logs[partition_of(key, PARTITIONS)].append((key, value))
    return [as_records(log, 0, now) for log in logs]


def _fold(catalogue: Catalogue, logs: Logs) -> LapReport:
    """Fold all partitions side by side, a slice of each in turn, as a worker does."""
    processors = [
        IncidentProcessor(number, catalogue, ClockKind.WALL, partitions=PARTITIONS) for number in range(PARTITIONS)
    ]
    count, refused = sum(map(len, logs)), 0
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, max(map(len, logs)), SLICE):
        for processor, log in zip(processors, logs, strict=True):
            refused += fold(processor, log[start : start + SLICE])
    done = LapReport(count, time.perf_counter() - began, time.process_time() - spent)
    assert refused < count / 100, f"{refused:,} of {count:,} events were refused"
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]))
