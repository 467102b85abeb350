"""The figures of a period from real workers, one of them killed on the way, through the API, and verified."""

import asyncio
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaProducer

from console.publisher import publish_watermark
from ioc.core.times import DAY, HOUR, MINUTE, Instant, to_rfc3339
from ioc.core.topics import Topic
from tests.city import PATIENCE, RunningCity, city
from tests.unit.samples import at, body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
T = at("2026-04-14 08:00")
TODAY = at("2026-04-14 00:00")
DUE = {"resolve": to_rfc3339(T + 2 * HOUR)}


def send(bootstrap: str, *happenings: tuple[str, Instant, str, dict[str, Any]]) -> None:
    """Publish what happened to incidents, each twice."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for event_type, moment, subject, data in happenings:
        value = body(event_type, moment, f"{subject}-{event_type}-{moment}", subject, **data)
        for _ in range(2):
            producer.send(Topic.EVENTS, value, key=f"field-reports:{subject}".encode())
    producer.close()


def reports(*subjects: str) -> list[tuple[str, Instant, str, dict[str, Any]]]:
    return [("reported", T, key, {"service": "field-reports", "unit": "csgt", "due": DUE}) for key in subjects]


async def pass_to(bootstrap: str, moment: Instant) -> None:
    """Let the clocks of all partitions run to a moment."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await publish_watermark(producer, to_rfc3339(moment))


def period(centre: RunningCity, start: Instant, end: Instant, **query: str) -> dict[str, Any]:
    times = {"from": to_rfc3339(start), "to": to_rfc3339(end)}
    figures = centre.get(f"figures/period?{urlencode(times | query)}")
    assert isinstance(figures, dict)
    return figures


def report_of(centre: RunningCity, start: Instant, end: Instant) -> str:
    """Return the printable report of a period."""
    times = urlencode({"from": to_rfc3339(start), "to": to_rfc3339(end)})
    with urlopen(f"{centre.url}figures/report?{times}", timeout=20) as response:
        return str(response.read().decode())


def test_every_figure_is_right_though_a_worker_was_killed(kafka: str, tmp_path: Path) -> None:
    """In time, late, reopened by the citizen and solved again, overdue and open, out of competence: one of each."""
    with city(kafka, tmp_path) as centre:
        centre.start_worker()
        centre.settle()
        send(kafka, *reports("1", "2", "3", "4", "5"), ("resolved", T + HOUR, "1", {}), ("resolved", T + HOUR, "3", {}))
        deadline = time.monotonic() + PATIENCE
        while centre.folded() < 14:  # seven events, each twice
            assert time.monotonic() < deadline, centre.logs()
            time.sleep(0.05)
        centre.kill_worker(0)
        late = (
            *(("reopened", T + 80 * MINUTE, "3", {}), ("resolved", T + 90 * MINUTE, "3", {})),
            *(("resolved", T + 3 * HOUR, "2", {}), ("rejected", T + HOUR, "5", {})),
        )
        send(kafka, *late)
        asyncio.run(pass_to(kafka, T + DAY))
        centre.start_worker()
        centre.verify()
        centre.start_api()
        day = period(centre, TODAY, TODAY + DAY)["total"]
        assert (day["received"], day["resolved"], day["on_time"], day["late"], day["rejected"]) == (5, 3, 2, 1, 1)
        assert day["standing"] == {"open": 1, "overdue": 1}
        assert (day["qd766"]["on_time_rate"], day["qd766"]["satisfaction_rate"]) == (0.5, 0.25)
        assert (day["reopened"], day["reopen_rate"], day["qd766"]["complained"]) == (1, 0.25, 1)
        assert day["handling"]["mean_s"] == (60 + 90 + 180) / 3 * 60
        assert period(centre, TODAY, T + HOUR)["total"]["standing"] == {"open": 5, "overdue": 0}
        assert period(centre, TODAY, T + 100 * MINUTE)["total"]["standing"] == {"open": 2, "overdue": 0}
        assert period(centre, TODAY, T + 150 * MINUTE)["total"]["standing"] == {"open": 2, "overdue": 2}
        below = period(centre, TODAY, TODAY + DAY, by="unit", below="true")["groups"]
        assert {code: unit["received"] for code, unit in below.items()} == {"csgt": 5, "cong-an-tp": 5}
        page = report_of(centre, TODAY, TODAY + DAY)
        assert "Trong 4 việc đến hạn, 50,0% xử lý đúng hạn; 25,0% đạt hài lòng." in page
