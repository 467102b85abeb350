"""Publishing a city's requests as events on `ioc.events`, like everybody else's."""

import asyncio
import random
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console.cities.city_map import CityMap, read_events
from console.publisher import KeyedValue, publish_watermark, publisher, send_all

_CHUNK = 500
# Seconds between two chunks when the speed is given.
_STEP = 0.1


def replay_file(bootstrap: str, file: Path, city_map: CityMap, seed: int | None, as_of: str, speed: float) -> None:
    """Publish all events of a file in the order of time, or with a seed in a random one, then a watermark.

    `as_of` is the watermark (RFC 3339); `speed` is in events a second, 0 for as fast as it goes. Raises UnreadableFile
    before anything is published.
    """
    events = sorted(read_events(city_map, file), key=lambda event: event.at)
    if seed is not None:
        random.Random(seed).shuffle(events)
    records = [(event.key, event.value) for event in events]
    started = time.monotonic()
    asyncio.run(_publish(bootstrap, records, as_of, speed))
    seconds = time.monotonic() - started
    Console().print(f"{len(records):,} events published in {seconds:.1f} s: {len(records) / seconds:,.0f} a second")


async def _publish(bootstrap: str, records: list[KeyedValue], as_of: str, speed: float) -> None:
    columns = TextColumn("publishing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    size = max(1, min(_CHUNK, round(speed * _STEP))) if speed else _CHUNK
    started = time.monotonic()
    async with publisher(bootstrap) as producer:
        with Progress(*columns) as progress:
            task = progress.add_task("", total=len(records))
            for start in range(0, len(records), size):
                if speed:
                    await asyncio.sleep(max(0.0, started + start / speed - time.monotonic()))
                chunk = records[start : start + size]
                await send_all(producer, chunk)
                progress.advance(task, len(chunk))
        await publish_watermark(producer, as_of)
