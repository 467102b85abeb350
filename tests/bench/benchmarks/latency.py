"""How long it takes from an event sent to its committed fact, and to its row on a screen's live feed, at several loads.

Worker, API and broker are real processes; sender, reader of the facts and screen share one more. The load is the
cities' stormy day at a steady pace; what is timed are the reports that open an incident.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from pathlib import Path

import httpx
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec import Struct, field

from console.publisher import KeyedValue
from ioc.core.topics import Topic
from streams.clock import now_ms
from streams.kafka_clients import reader
from tests.bench.benchmarks.folding import ALL_ON, verified
from tests.bench.load.publish import PARTITIONS, publish_steadily
from tests.bench.load.warming import WARM
from tests.bench.load.workload import records, size
from tests.bench.measured import Measured, scaled
from tests.city import RunningCity, city

RATES = (100, 1_000, 5_000)
SECONDS = 15
# The loads that have a bar: of the feed p50 and p99 (ms).
BARS = {1_000: (100, 500)}
# How long the first events of a load are left out (s).
_SETTLING = 3.0
# For how long after the last event news is waited for (s).
_STRAGGLING = 90.0


class ArrivalTimes(Struct):
    """When each event of interest was sent and first seen (s, by one clock), by the incident it opens."""

    sent: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
    rows: dict[str, float] = field(default_factory=dict)

    def note(self, event: KeyedValue) -> None:
        """Note that an event is handed to the producer, if it opens an incident."""
        key, value = event
        if b'.reported.v1","subject"' in value:
            self.sent.setdefault(key.decode(), time.monotonic())

    def delays(self, seen: dict[str, float], since: float) -> list[float]:
        """Return the seconds it took of those sent from a moment on that were seen, the shortest first."""
        return sorted(seen[key] - at for key, at in self.sent.items() if at >= since and key in seen)


class Own(Struct, frozen=True):
    """Whether this process is what is measured: the cores it took while it sent, and how late it did so (s, p99)."""

    cores: float
    late: float


class _FeedRow(Struct):
    id: str


class _FeedRows(Struct):
    upserts: list[_FeedRow]


_decode_rows = msgspec.json.Decoder(_FeedRows).decode


def measure_latency(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the latencies at each load."""
    seconds = scaled(SECONDS) + _SETTLING
    events = records(1 + round(sum(RATES) * seconds) // size(), now_ms())
    with city(bootstrap, folder, clock="wall") as centre:
        centre.start_worker()
        centre.settle()
        centre.start_api()
        measured = [
            row for rate in RATES for row in asyncio.run(_at(centre, rate, list(islice(events, round(rate * seconds)))))
        ]
        on = f"{ALL_ON}; {WARM}; {verified(centre)}"
    return [*measured, *(Measured(f"{rate:,} events/s", "", None, on=on) for rate in RATES)]


async def _at(centre: RunningCity, rate: int, events: Sequence[KeyedValue]) -> list[Measured]:
    """Return the latencies at so many events a second."""
    seen = ArrivalTimes()
    async with reader(centre.bootstrap) as facts, httpx.AsyncClient(timeout=60) as client:
        facts.assign([TopicPartition(Topic.FACTS, number) for number in range(PARTITIONS)])
        await facts.seek_to_end()
        listening = [asyncio.create_task(_read(facts, seen)), asyncio.create_task(_listen(client, centre.url, seen))]
        began, spent = time.monotonic(), time.process_time()
        late = await publish_steadily(centre.bootstrap, rate, events, Topic.EVENTS, seen.note)
        own = Own((time.process_time() - spent) / (time.monotonic() - began), _share(sorted(late), 0.99))
        await _wait(seen)
        for task in listening:
            if not task.cancel():
                task.result()  # raises what ended it
    missing = len(seen.sent.keys() - seen.facts.keys())
    assert missing < len(seen.sent) / 50, f"of {len(seen.sent):,} reports {missing:,} were not folded in time"
    reached = len(events) / (max(seen.facts.values()) - began)
    return _rows(rate, reached, seen, began + _SETTLING, own)


async def _read(facts: AIOKafkaConsumer, seen: ArrivalTimes) -> None:
    """Note when the first fact of each incident is committed."""
    while True:
        for batch in (await facts.getmany(timeout_ms=1000)).values():
            now = time.monotonic()
            for record in batch:
                seen.facts.setdefault(record.key.decode(), now)


async def _listen(client: httpx.AsyncClient, url: str, seen: ArrivalTimes) -> None:
    """Note when each incident is first on the feed."""
    async for name, text in _messages(client, url):
        now = time.monotonic()
        if name == b"incident":
            for row in _decode_rows(text).upserts:
                seen.rows.setdefault(row.id, now)


async def _messages(client: httpx.AsyncClient, url: str) -> AsyncIterator[tuple[bytes, bytes]]:
    """Yield the name and the data of each server-sent event."""
    waiting = b""
    async with client.stream("GET", f"{url}stream") as feed:
        async for chunk in feed.aiter_bytes():
            *whole, waiting = (waiting + chunk).split(b"\n\n")
            for message in whole:
                fields = dict(line.split(b": ", 1) for line in message.split(b"\n") if b": " in line)
                yield fields.get(b"event", b""), fields.get(b"data", b"")


async def _wait(seen: ArrivalTimes) -> None:
    """Wait until nothing new comes any more; of what was merged meanwhile no row comes at all."""
    give_up = time.monotonic() + _STRAGGLING
    before, count = -1, 0
    while count > before and time.monotonic() < give_up:
        await asyncio.sleep(3)
        before, count = count, len(seen.facts) + len(seen.rows)


def _rows(rate: int, reached: float, seen: ArrivalTimes, since: float, own: Own) -> list[Measured]:
    what = f"{rate:,} events/s"
    p50, p99 = BARS.get(rate, (None, None))
    facts, rows = seen.delays(seen.facts, since), seen.delays(seen.rows, since)
    return [
        Measured(what, "folded", reached, "events/s"),
        Measured(what, "fact p50", _share(facts, 0.5) * 1000, "ms"),
        Measured(what, "fact p99", _share(facts, 0.99) * 1000, "ms"),
        Measured(what, "feed p50", _share(rows, 0.5) * 1000, "ms", at_most=p50),
        Measured(what, "feed p99", _share(rows, 0.99) * 1000, "ms", at_most=p99),
        Measured(what, "sent late p99", own.late * 1000, "ms"),
        Measured(what, "CPU of the sender and the screen", own.cores, "cores"),
    ]


def _share(delays: Sequence[float], share: float) -> float:
    """Return the delay that such a share of all did not exceed."""
    return delays[min(len(delays) - 1, int(share * len(delays)))]
