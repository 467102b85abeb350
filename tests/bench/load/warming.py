"""A broker that has run for a while, as a user's has for days: one just started compiles its code while it runs (JIT).

For some ten seconds of load after its start everything takes it longer. So it is given a load before anything is
measured, of which nothing counts: events at a steady pace on a topic of their own, each slice passed on in a
transaction. Our workers see none of it, and what they hold is not warmed.
"""

import asyncio
from itertools import islice
from pathlib import Path

from streams.clock import now_ms
from tests.bench.benchmarks.throughput import OUT, TRANSACTIONS
from tests.bench.contestants.contest import run
from tests.bench.load.publish import make_topic, publish_steadily
from tests.bench.load.workload import records, size
from tests.bench.measured import scaled

RATE, SECONDS = 1_000, 20
WARM = f"a broker that had {SECONDS} s of {RATE:,} events/s before"
_TOPIC = "bench.warm"


def warm(bootstrap: str, folder: Path) -> None:
    """Let a broker work until it is warm."""
    for topic in (_TOPIC, OUT):
        make_topic(bootstrap, topic)
    asyncio.run(_load(bootstrap, folder, RATE * max(3, scaled(SECONDS))))


async def _load(bootstrap: str, folder: Path, count: int) -> None:
    events = list(islice(records(1 + count // size(), now_ms()), count))
    reading = asyncio.create_task(asyncio.to_thread(run, TRANSACTIONS, bootstrap, _TOPIC, OUT, count, folder))
    await publish_steadily(bootstrap, RATE, events, _TOPIC)
    await reading
