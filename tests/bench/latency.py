"""How long it takes from an event sent to its row on a screen's live feed, at a light load."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import quantiles

import httpx
import msgspec
from rich.table import Table

from console.publish import HEADERS, publisher
from ioc.topics import Topic
from tests.city import City, city
from tests.unit.samples import body

EVENTS_A_SECOND = 20
SECONDS = 30
SETTLING = 20  # the first events, while connections are warmed up, are not counted


def measure_latency(bootstrap: str, folder: Path) -> Table:
    """Return the latencies seen."""
    with city(bootstrap, folder, clock="wall") as centre:
        centre.start_worker()
        centre.settle()
        centre.start_api()
        seen = asyncio.run(_measure(centre))
    table = Table(title=f"Event to live feed: {len(seen)} events, {EVENTS_A_SECOND} a second", width=60)
    cuts = quantiles(seen, n=100)
    for name, seconds in {"p50": cuts[49], "p90": cuts[89], "p99": cuts[98], "most": max(seen)}.items():
        table.add_row(name, f"{seconds * 1000:.0f} ms")
    return table


async def _measure(centre: City) -> list[float]:
    """Return the seconds from before each event was sent until a screen had its row."""
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    count = EVENTS_A_SECOND * SECONDS + SETTLING
    async with httpx.AsyncClient(timeout=30) as client:
        listening = asyncio.create_task(_listen(client, centre.url, arrived, count))
        await _send(centre.bootstrap, sent, count)
        await asyncio.wait_for(listening, 30)
    return [arrived[id] - at for id, at in sent.items()][SETTLING:]


async def _send(bootstrap: str, sent: dict[str, float], count: int) -> None:
    async with publisher(bootstrap, linger_ms=0) as producer:
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / EVENTS_A_SECOND - time.monotonic()))
            id = f"field-reports:{number}"
            report = body("reported", time.time_ns() // 1_000_000, f"e{number}", str(number), service="field-reports")
            sent[id] = time.monotonic()
            await producer.send_and_wait(Topic.EVENTS, report, key=id.encode(), headers=HEADERS)


async def _listen(client: httpx.AsyncClient, url: str, arrived: dict[str, float], count: int) -> None:
    async for rows in _rows(client, url):
        now = time.monotonic()
        for row in rows:
            arrived.setdefault(row["id"], now)
        if len(arrived) == count:
            return


async def _rows(client: httpx.AsyncClient, url: str) -> AsyncIterator[list[dict[str, str]]]:
    async with client.stream("GET", f"{url}stream") as feed:
        kind = ""
        async for line in feed.aiter_lines():
            name, _, text = line.partition(": ")
            if name == "event":
                kind = text
            elif name == "data" and kind == "incident":
                yield msgspec.json.decode(text)["upserts"]
