"""How fast events are folded: our worker with all its rules, beside programs that do less with the same records."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ioc.core.topics import Topic
from streams.clock import now_ms
from tests.bench.benchmarks.alone import fold_alone
from tests.bench.benchmarks.folding import ALL_ON, verified, watch
from tests.bench.contestants.contest import Contestant, GaveUp, LapReport, python, rows, run
from tests.bench.load.processes import peak_memory
from tests.bench.load.publish import make_topic, publish
from tests.bench.load.workload import records
from tests.bench.measured import Measured, scaled, skipped
from tests.city import RunningCity, city

CITIES = 60
OUT = "bench.out"
RAW = Contestant("bare aiokafka loop", python("raw"), "at least once; decodes and sends on, folds nothing")
TRANSACTIONS = Contestant(
    "bare loop, transactions", python("raw"), "exactly once; decodes and sends on, folds nothing", ["transactions"]
)
FAUST = Contestant(
    "Faust 0.15.3 as it is",
    python("stock_faust"),
    "at least once; one table write and one send, no rules",
    most=40_000,  # of all records it would take minutes
)
OURS = "our worker"
ALONE = "our fold alone, no Kafka"
NOT_COMPARABLE = (
    "not comparable: nothing is read, written or guaranteed; all rules, the same events, nothing else running"
)
# What does nearly nothing is not to be faster than all our rules.
BEATEN = ("Quix Streams 3.28, trivial",)


def measure_throughput(bootstrap: str, folder: Path, peers: Sequence[Contestant] = ()) -> list[Measured]:
    """Return the figures of all who take part, ours last: what a worker sends itself would be in the others' way.

    Of our fold without Kafka there is only what it costs: it takes no part.
    """
    alone = fold_alone(scaled(CITIES))
    with city(bootstrap, folder, clock="wall") as centre:
        ends = asyncio.run(publish(bootstrap, records(scaled(CITIES), now_ms())))
        total = sum(ends.values())
        others: list[Measured] = []
        for one in (RAW, TRANSACTIONS, FAUST, *peers):
            make_topic(bootstrap, OUT)
            wanted = min(total, scaled(one.most) if one.most else total)
            try:
                others += run(one, bootstrap, Topic.EVENTS, OUT, wanted, folder)
            except GaveUp as error:
                if one not in peers:
                    raise
                others.append(skipped(one.name, "throughput", str(error)))
        ours = _ours(centre, ends, others)
    cost = Measured(ALONE, "CPU", alone.cpu / alone.records * 1e6, "s/million events", on=NOT_COMPARABLE)
    return [*others, *ours, cost]


def _ours(centre: RunningCity, ends: Mapping[int, int], others: Sequence[Measured]) -> list[Measured]:
    began = time.monotonic()
    worker = centre.start_worker()
    seen = asyncio.run(watch(centre, ends, began))
    memory = peak_memory(worker.pid)
    on = f"{ALL_ON}; {verified(centre)}"
    rate = seen.events / seen.seconds
    speed = {row.what: row.value for row in others if row.figure == "throughput" and row.value}
    first, *more = rows(OURS, on, LapReport(seen.events, seen.seconds, seen.cpu), seen.broker, memory)
    return [
        Measured(OURS, first.figure, rate, first.unit, on, at_least=50_000),
        *more,
        Measured(OURS, "from its start", sum(ends.values()) / seen.whole, "events/s"),
        Measured(OURS, "of the bare loop", rate / speed[RAW.name], "x", at_least=0.25),
        Measured(OURS, "of Faust as it is", rate / speed[FAUST.name], "x", at_least=10),
        *(Measured(OURS, f"of {name}", rate / speed[name], "x", at_least=1) for name in speed if name in BEATEN),
    ]
