"""A storm: nine reports of ten are of forty matters, and all come within minutes. Nothing is lost, and all is quick.

IOC_STORM reports come, 4,000 unless it says otherwise; `IOC_STORM=20000` is the whole of it. They come at once, or over
IOC_STORM_MINUTES.
"""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import cos, pi, radians, sin
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import msgspec
import pytest
from kafka import KafkaProducer

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.times import MINUTE, SECOND, Instant
from ioc.core.topics import Topic
from tests.city import RunningCity, city
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(1800)]

REPORTS = int(os.environ.get("IOC_STORM", "4000"))
PACE = float(os.environ.get("IOC_STORM_MINUTES", "0"))
MATTERS = 40
LAT, LON = 16.35, 107.45
DEGREE = 111_195.0
# How long an answer may take (s): all of the storm comes at once, and the same machine folds it and answers meanwhile.
BEARABLE = 15.0
QUICK = 2.0


@dataclass(frozen=True)
class StormReport:
    """One report of the storm, and which of the matters it is of; None of one of its own."""

    subject: str
    time: Instant
    category: str
    matter: int | None
    lat: float
    lon: float
    ward: str

    def encode(self) -> bytes:
        data = {"service": "field-reports", "category": self.category, "ward": self.ward, "channel": "hotline"}
        return body("reported", self.time, self.subject, self.subject, **data, lat=self.lat, lon=self.lon)


def storm(start: Instant) -> list[StormReport]:
    """Return the reports of ten minutes, in the order they come: mixed, and some a little late."""
    chance, wards = Random(40), sorted(load_catalogue(hue_folder()).wards)
    reports = []
    for number in range(REPORTS):
        time = start + number * 10 * MINUTE // REPORTS - chance.randrange(0, 20) * SECOND
        lonely = number % 10 == 0
        matter = None if lonely else chance.randrange(MATTERS)
        place = number // 10 if matter is None else matter
        # Matters lie two kilometres apart and their reports within 140 m; the others half a kilometre, and far away.
        north, east = (
            (place % 50 * 500 - 40_000, place // 50 * 500) if lonely else (place % 8 * 2000, place // 8 * 2000)
        )
        far, way = (0.0, 0.0) if lonely else (chance.uniform(0, 140), chance.uniform(0, 2 * pi))
        lat = LAT + (north + far * cos(way)) / DEGREE
        lon = LON + (east + far * sin(way)) / DEGREE / cos(radians(lat))
        category = "order" if lonely and number % 20 == 0 else "power"
        reports.append(StormReport(f"S{number}", time, category, matter, lat, lon, wards[place % len(wards)]))
    return reports


def publish(bootstrap: str, reports: list[StormReport]) -> None:
    """Send every report, and one in fifty twice, spread evenly over as long as the storm is to last."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=1 << 16)
    began = time.monotonic()
    try:
        for number, report in enumerate(reports):
            time.sleep(max(0.0, began + number / len(reports) * PACE * 60 - time.monotonic()))
            for _ in range(2 if number % 50 == 0 else 1):
                producer.send(Topic.EVENTS, report.encode(), key=f"field-reports:{report.subject}".encode())
        producer.flush(timeout=60)
    finally:
        producer.close()


class Clerk:
    """Asks the API as a screen does, and keeps how long each answer took (s)."""

    def __init__(self, centre: RunningCity) -> None:
        self.url = centre.url
        self.took: defaultdict[str, list[float]] = defaultdict(list)

    def ask(self, path: str, **query: object) -> Any:
        began = time.monotonic()
        with urlopen(f"{self.url}{path}?{urlencode(query)}", timeout=30) as answer:
            document = msgspec.json.decode(answer.read())
        self.took[path].append(time.monotonic() - began)
        return document

    def opening(self) -> dict[str, Any]:
        """Return the rows a new screen starts from: those of a snapshot, and what has changed since, up to the tick."""
        began = time.monotonic()
        rows: dict[str, Any] = {}
        with urlopen(f"{self.url}stream", timeout=30) as answer:
            for kind, message in _messages(answer):
                if kind == "tick":
                    break
                if kind == "incident":
                    rows |= {row["id"]: row for row in message["upserts"]}
                    for incident_id in message["removed"]:
                        rows.pop(incident_id, None)
                elif kind == "snapshot":
                    rows = {row["id"]: row for row in message["incidents"]}
        self.took["stream"].append(time.monotonic() - began)
        return rows

    def every_row(self, **query: object) -> Iterator[dict[str, Any]]:
        """Yield every row of a list, page by page."""
        after: dict[str, object] = {}
        while True:
            page = self.ask("incidents", limit=1000, **query, **after)
            yield from page["items"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def until_open(self, count: int, centre: RunningCity) -> None:
        """Look again and again until so many stand open and all has been merged that will be."""
        give_up = time.monotonic() + 300 + PACE * 60
        while True:
            live = self.ask("figures")["live"]["open"]
            self.ask("incidents", open="true", limit=100)
            grouped = self.ask("groups", cause="storm", least=1)["groups"]
            joined = sum(one["reports"] - one["open"] for one in grouped)
            self.opening()
            merged = self.ask("incidents", state="merged", limit=1)["total"]
            if (live, merged, joined) == (count, REPORTS - count, REPORTS - count):
                return
            assert time.monotonic() < give_up, f"{live} open, {merged} merged, {joined} joined\n{centre.logs()}"
            time.sleep(0.2)


def test_a_storm_is_forty_lines_with_a_count_and_nothing_is_lost(
    kafka: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = storm(_now() - (0 if PACE else 11 * MINUTE))
    by_id = {f"field-reports:{report.subject}": report for report in reports}
    single = {incident_id for incident_id, report in by_id.items() if report.matter is None}
    with city(kafka, tmp_path, clock="wall") as centre:
        for _ in range(2):
            centre.start_worker()
        centre.start_api()
        centre.settle()
        clerk, began = Clerk(centre), time.monotonic()
        with ThreadPoolExecutor(1) as producers:
            sending = producers.submit(publish, kafka, reports)
            if not PACE:
                sending.result()
            clerk.until_open(MATTERS + len(single), centre)
            sending.result()
        folded = time.monotonic() - began
        meanwhile, clerk.took = clerk.took, defaultdict(list)

        rows = {row["id"]: row for row in clerk.every_row()}
        assert rows.keys() == by_id.keys()
        standing = {incident_id: row for incident_id, row in rows.items() if row["state"] != "merged"}
        parents = standing.keys() - single
        assert Counter(by_id[incident_id].matter for incident_id in parents) == Counter(range(MATTERS))
        for incident_id, row in rows.items():
            if row["state"] == "merged":
                assert by_id[row["parent"]].matter == by_id[incident_id].matter
        merged = Counter(row["parent"] for row in rows.values() if row["state"] == "merged")
        assert {incident_id: row["children"] for incident_id, row in standing.items() if row["children"]} == merged

        live = clerk.ask("figures")["live"]
        assert live["open"] == len(standing)
        assert {code: one["open"] for code, one in live["by_ward"].items() if one["open"]} == Counter(
            row["ward"] for row in standing.values()
        )
        day = clerk.ask("figures/period", **{"from": _minute(reports[0].time - MINUTE), "to": _minute(_now() + MINUTE)})
        total = day["total"]
        assert (total["received"], total["merged"], total["resolved"]) == (REPORTS, REPORTS - len(standing), 0)

        power = [row for row in standing.values() if row["category"] == "power"]
        grouped = clerk.ask("groups", cause="storm", least=1)["groups"]
        assert {one["ward"]: one["open"] for one in grouped} == Counter(row["ward"] for row in power)
        assert sum(one["reports"] for one in grouped) == sum(1 + row["children"] for row in power)
        assert clerk.opening().keys() == standing.keys(), "what was merged is no line of the screen's"

        ended = centre.run("verify", "--wait", "120")
        assert ended.returncode == 0, ended.stdout + ended.stderr + centre.logs()
        assert "\n0 differences" in ended.stdout
        with capsys.disabled():
            print(f"\n{REPORTS} reports over {PACE:g} min: folded after {folded:.1f} s")
            print(f"answers meanwhile: {_durations(meanwhile)}; afterwards: {_durations(clerk.took)}")
        assert _slowest(meanwhile) < BEARABLE
        assert _slowest(clerk.took) < QUICK


def _messages(feed: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the kind of each message of a feed, and what it tells."""
    kind = ""
    for line in feed:
        name, _, text = line.decode().rstrip("\n").partition(": ")
        if name == "event":
            kind = text
        elif name == "data":
            yield kind, msgspec.json.decode(text)


def _slowest(took: Mapping[str, list[float]]) -> float:
    return max(max(each) for each in took.values())


def _durations(took: Mapping[str, list[float]]) -> str:
    return ", ".join(f"{path} half within {median(each):.2f} s, all {max(each):.2f} s" for path, each in took.items())


def _now() -> Instant:
    return time.time_ns() // 1_000_000


def _minute(at: Instant) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(at / SECOND))
