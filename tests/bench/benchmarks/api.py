"""The API with a million incidents open: how soon it is ready, what it holds, and how soon it answers."""

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import httpx
import psutil

from api.read_model import cursor
from api.read_model.index.work_order import WorkOrder
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.times import DAY
from ioc.core.topics import Topic
from ioc.incident.severity import SEVERITIES
from streams.clock import now_ms
from tests.bench.load.picture import STREETS, Picture
from tests.bench.load.publish import publish
from tests.bench.measured import Measured, scaled
from tests.city import RunningCity, city

COUNT = 1_000_000
PAGES = 400
FIGURES = (
    "figures",
    "figures/live?by=ward",
    "figures/live?by=unit&below=true&within=366d",
    "figures/period?view=today",
    "groups",
    "metrics",
)
TURNS = 20
_PATIENCE = 600.0
_STATES = ("reported", "acknowledged", "in_progress", "paused")


def measure_api(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures of one API process, asked over HTTP."""
    count, catalogue = scaled(COUNT), load_catalogue(hue_folder())
    with city(bootstrap, folder, clock="wall") as centre:
        asyncio.run(publish(bootstrap, Picture(catalogue, now_ms()).states(count), Topic.INCIDENTS, []))
        began = time.monotonic()
        centre.start_api(_PATIENCE)
        took = time.monotonic() - began
        assert centre.api is not None
        what = f"{count:,} open incidents"
        memory = psutil.Process(centre.api.pid).memory_info().rss / count
        return [
            Measured(what, "read at the start", count / took, "states/s", "one process; read from the broker"),
            Measured(what, "memory", memory, "bytes an incident", at_most=2_000 if count == COUNT else None),
            *_answers(centre, what, catalogue),
        ]


def _answers(centre: RunningCity, what: str, catalogue: Catalogue) -> list[Measured]:
    draw = random.Random(1)
    with httpx.Client(base_url=centre.url, timeout=60) as client:
        narrowed = [_narrowed(draw, catalogue) for _ in range(PAGES)]
        pages = [seconds for asked in narrowed for seconds in _pages(client, asked, _deep(draw))]
        words: list[dict[str, object]] = [{"text": _words(draw), "open": "true"} for _ in range(PAGES // 4)]
        sought = [seconds for asked in words for seconds in _pages(client, asked, _deep(draw))]
        figures = {path: [_timed(client, path) for _ in range(TURNS)] for path in FIGURES}
    on = f"first and deep pages of {PAGES} combinations of filters, 100 rows each, with the number of all that fit"
    return [
        *_rows(f"{what}: filtered pages", pages, on, at_most=50),
        *_rows(f"{what}: pages by words", sought, "parts of words, house numbers and ids", at_most=50),
        *(row for path, seconds in figures.items() for row in _rows(f"{what}: /{path}", seconds, "", None)),
    ]


def _rows(what: str, seconds: Sequence[float], on: str, at_most: float | None = None) -> list[Measured]:
    cuts = quantiles(seconds, n=100)
    return [
        Measured(what, "p50", cuts[49] * 1000, "ms", on),
        Measured(what, "p99", cuts[98] * 1000, "ms", at_most=at_most),
    ]


def _pages(client: httpx.Client, asked: dict[str, object], deep: str) -> list[float]:
    """Return how long (s) the first page took, and one that begins at a place far behind it."""
    paths = [f"incidents?{urlencode({**asked, **more}, doseq=True)}" for more in ({}, {"after": deep})]
    return [_timed(client, path) for path in paths]


def _deep(draw: random.Random) -> str:
    """Return a place anywhere in the order of work."""
    now = now_ms()
    return cursor.encode(WorkOrder(-draw.randrange(len(SEVERITIES)), now + draw.randint(-30 * DAY, DAY), now, ""))


def _timed(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took


def _narrowed(draw: random.Random, catalogue: Catalogue) -> dict[str, object]:
    """Return filters as anybody may combine them."""
    sides = {
        "severity": draw.sample(SEVERITIES, 2),
        "state": draw.sample(_STATES, draw.randint(1, 3)),
        "service": draw.sample(sorted(catalogue.services), draw.randint(1, 4)),
        "ward": draw.sample(sorted(catalogue.wards), draw.randint(1, 20)),
        "unit": draw.sample(sorted(catalogue.units), draw.randint(1, 10)),
        "overdue": draw.choice(["true", "false"]),
        "shelved": draw.choice(["true", "false"]),
        "open": draw.choice(["true", "false"]),
        "maintenance": "false",
    }
    return {side: sides[side] for side in draw.sample(sorted(sides), draw.randint(0, 4))}


def _words(draw: random.Random) -> str:
    word = [
        draw.choice(STREETS),
        f"so {draw.randint(1, 2000)}",
        "ngap",
        "cay do",
        "phu xuan",
        f"{draw.randint(0, COUNT):07}",
    ]
    return " ".join(draw.sample(word, draw.randint(1, 2)))
