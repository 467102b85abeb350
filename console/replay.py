"""Publishing a city's request table as events, through the same door as everybody's."""

import asyncio
import random
import time
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console import boston311
from ioc.events import AS_OF_TYPE
from ioc.topics import Topic

MAPS = {"boston311": boston311}
HEADERS = [("content-type", b"application/cloudevents+json")]
_CHUNK = 500


def replay_file(bootstrap: str, file: Path, name: str, seed: int | None, as_of: str, speed: float) -> None:
    """Publish all events of a table in the order of time, or with a seed in a random one, then an as-of mark."""
    reads = MAPS[name]
    planned = [event for row in reads.rows(file) for event in reads.events(row)]
    planned.sort(key=lambda event: event.time)
    if seed is not None:
        random.Random(seed).shuffle(planned)
    records = [(f"{reads.SLUG}:{event.subject}".encode(), msgspec.json.encode(event.event)) for event in planned]
    began = time.monotonic()
    asyncio.run(_publish(bootstrap, records, as_of, speed))
    took = time.monotonic() - began
    Console().print(f"{len(records):,} events published in {took:.1f} s: {len(records) / took:,.0f} a second")


async def _publish(bootstrap: str, records: list[tuple[bytes, bytes]], as_of: str, speed: float) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=20, max_batch_size=1 << 18
    )
    await producer.start()
    try:
        with Progress(TextColumn("publishing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as progress:
            task = progress.add_task("", total=len(records))
            for start in range(0, len(records), _CHUNK):
                chunk = records[start : start + _CHUNK]
                await _send(producer, chunk, speed)
                progress.advance(task, len(chunk))
        await mark(producer, as_of)
    finally:
        await producer.stop()


async def _send(producer: AIOKafkaProducer, chunk: list[tuple[bytes, bytes]], speed: float) -> None:
    began = time.monotonic()
    sent = [await producer.send(Topic.EVENTS, value, key=key, headers=HEADERS) for key, value in chunk]
    await asyncio.gather(*sent)
    if speed:
        await asyncio.sleep(max(0.0, len(chunk) / speed - (time.monotonic() - began)))


async def mark(producer: AIOKafkaProducer, as_of: str) -> None:
    """Let the clock of every partition run to a moment (RFC 3339)."""
    event = {
        "specversion": "1.0",
        "id": as_of,
        "source": "/ioc/clock",
        "subject": "clock",
        "type": AS_OF_TYPE,
        "time": as_of,
    }
    value = msgspec.json.encode(event)
    for partition in await producer.partitions_for(Topic.EVENTS):
        await producer.send_and_wait(Topic.EVENTS, value, key=b"clock", partition=partition, headers=HEADERS)
