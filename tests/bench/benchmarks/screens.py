"""Very many screens on one API process: how far behind each is while a thousand rows change a second."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec
import psutil

from console.publisher import publisher
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.partitioner import partition_of
from ioc.core.topics import Topic
from streams.clock import now_ms
from tests.bench.load.listening import ListenerReport
from tests.bench.load.picture import Picture
from tests.bench.load.processes import cpu_seconds
from tests.bench.load.publish import PARTITIONS, publish
from tests.bench.load.warming import WARM
from tests.bench.measured import Measured, scaled
from tests.bench.results import ROOT
from tests.city import RunningCity, city

# All of them are on every screen.
OPEN = 4_000
CHANGES = 1_000
SCREENS = (100, 500)
SECONDS = 20
# How often what has become due is sent (s), and for how long it is before the screens are all there (s).
_STEP, _SETTLING = 0.02, 5


def measure_screens(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures with each number of screens."""
    return [row for screens in SCREENS for row in _with(bootstrap, folder, max(10, scaled(screens)))]


def _with(bootstrap: str, folder: Path, screens: int) -> list[Measured]:
    picture = Picture(load_catalogue(hue_folder()), now_ms())
    with city(bootstrap, folder, clock="wall") as centre:
        asyncio.run(publish(bootstrap, picture.states(OPEN, OPEN), Topic.INCIDENTS, []))
        centre.start_api()
        return asyncio.run(_measure(centre, picture, screens))


async def _measure(centre: RunningCity, picture: Picture, screens: int) -> list[Measured]:
    assert centre.api is not None
    api = psutil.Process(centre.api.pid)
    seconds = max(5, scaled(SECONDS))
    before = api.memory_info().rss
    listening = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.load.listening", centre.url, str(screens), str(_SETTLING), str(seconds)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    changing = asyncio.create_task(change(centre.bootstrap, picture))
    await asyncio.sleep(_SETTLING)
    spent, began = cpu_seconds([api.pid]), time.monotonic()
    out, _ = await listening.communicate()
    busy = (cpu_seconds([api.pid]) - spent) / (time.monotonic() - began)
    memory = api.memory_info().rss - before
    changing.cancel()
    return _rows(screens, msgspec.json.decode(out, type=ListenerReport), busy, memory)


def _rows(screens: int, heard: ListenerReport, busy: float, memory: float) -> list[Measured]:
    what = f"{screens} screens"
    sent = f"{CHANGES:,} changes/s, each sent to every screen"
    on = f"{sent}; one API process; one screen in {heard.every} is read; {WARM}"
    return [
        Measured(what, "p50", heard.p50, "ms", on),
        Measured(what, "p99", heard.p99, "ms", at_most=1_000),
        Measured(what, "changes", heard.rows, "rows/s a screen", at_least=0.9 * CHANGES),
        Measured(what, "sent", heard.bytes / 1e6, "MB/s"),
        Measured(what, "CPU", busy, "cores"),
        Measured(what, "CPU of the screens", heard.busy, "cores"),
        Measured(what, "memory", memory / screens / 1000, "KB a screen"),
    ]


async def change(bootstrap: str, picture: Picture) -> None:
    """Change rows at a steady pace until it is cancelled."""
    async with publisher(bootstrap, linger_ms=0) as producer:
        began, sent = time.monotonic(), 0
        while True:
            await asyncio.sleep(_STEP)
            wanted = round((time.monotonic() - began) * CHANGES) - sent
            sent += wanted
            batches = {number: producer.create_batch() for number in range(PARTITIONS)}
            for key, state in picture.changes(now_ms(), wanted):
                batches[partition_of(key, PARTITIONS)].append(key=key, value=state, timestamp=None)
            for number, batch in batches.items():
                batch.close()
                if batch.record_count():
                    await producer.send_batch(batch, Topic.INCIDENTS, partition=number)
