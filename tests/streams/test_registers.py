"""Queues, documents, surveys and dossiers of three services, through a real broker, real workers and the API."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ioc.core.times import HOUR, MINUTE, SECOND, Instant, to_instant, to_rfc3339
from ioc.figures.sketch import ERROR
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.office_records.records import Act
from tests.city import RunningCity, city
from tests.streams.log import publish

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
NOW: Instant = time.time_ns() // 1_000_000
START = NOW - 3 * HOUR
BookingRecord = tuple[bytes, bytes]

# What there is to find: how long each visitor waited and was served, who left, what was signed, what people said.
WAITS = [(number * 37 % 100 + 1) * MINUTE // 4 for number in range(80)]
SERVED = [(number * 11 % 20 + 2) * MINUTE // 2 for number in range(70)]  # the last ten left once they were called
LEFT_AT_ONCE = 6
SCORES = [1, 2, 3, 4, 4, 5, 5, 5] * 10
SHOP, CENTRE, WARD = "tt-hanh-chinh-cong", "van-phong-ubnd", "19753"


def event(source: str, subject: str, event_type: str, time: Instant, event_id: str, **data: Any) -> BookingRecord:
    members = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/hue/{source}",
        "subject": subject,
        "type": event_type,
        "time": to_rfc3339(time),
        "data": data,
    }
    return f"{source}:{subject}".encode(), msgspec.json.encode(members)


def booked(source: str, subject: str, act: Act, time: Instant, **data: Any) -> BookingRecord:
    return event(source, subject, f"vn.ioc.{act}.v1", time, f"{act}-{subject}", **data)


def visits(last_issued: Instant) -> Iterator[BookingRecord]:
    """The queue machine of the one-stop shop. The last ticket it issues is not called yet."""
    for number, wait in enumerate(WAITS):
        subject, came = f"A-{number}", START + number * MINUTE
        yield booked("queue", subject, Act.ISSUED, came, service="one-stop-shop", unit=SHOP, ward=WARD)
        yield booked("queue", subject, Act.CALLED, came + wait)
        if number < len(SERVED):
            yield booked("queue", subject, Act.SERVED, came + wait + SERVED[number])
        else:
            yield booked("queue", subject, Act.LEFT, came + wait + MINUTE)
    for number in range(LEFT_AT_ONCE):
        yield booked("queue", f"B-{number}", Act.ISSUED, START, service="one-stop-shop", unit=SHOP)
        yield booked("queue", f"B-{number}", Act.LEFT, START + MINUTE)
    yield booked("queue", "C-1", Act.ISSUED, last_issued, service="one-stop-shop", unit=SHOP)
    yield booked("queue", "lost", Act.CALLED, START)  # its issue never came


def documents() -> Iterator[BookingRecord]:
    """The system of official letters: of forty that went out, thirty had been signed before."""
    for number in range(40):
        subject, at = f"VB-{number}", START + number * MINUTE
        yield booked("documents", subject, Act.RECEIVED, at, service="one-stop-shop", unit=CENTRE)
        yield booked("documents", subject, Act.SENT, at + HOUR, service="one-stop-shop", unit=SHOP)
        if number < 35:
            signed = at + HOUR // 2 if number < 30 else at + 2 * HOUR
            yield booked("documents", subject, Act.SIGNED, signed, service="one-stop-shop", unit=CENTRE)


def answers() -> Iterator[BookingRecord]:
    """The survey after a visit."""
    for number, score in enumerate(SCORES):
        answer = {"service": "one-stop-shop", "unit": SHOP, "score": score}
        yield booked("survey", f"KS-{number}", Act.ANSWERED, START + number * MINUTE, **answer)


EVIDENCE = {
    "url": "https://files.example/results/1.pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "application/pdf",
    "public": True,
}


def dossiers() -> Iterator[BookingRecord]:
    """Applications: HS-1 came online and was answered with evidence, HS-2 came to the counter and waits."""
    for number, channel in ((1, "Cổng dịch vụ công"), (2, "Bộ phận một cửa")):
        application = {
            "service": "one-stop-shop",
            "category": "EX-001",
            "channel": channel,
            "text": "Trần Văn Kín",
        }
        yield event(
            "one-stop-shop", f"HS-{number}", cloudevents_type(EventType.REPORTED), START, f"r{number}", **application
        )
    done = {"actor": "Lan", "text": "Xong", "evidence": [EVIDENCE]}
    yield event("one-stop-shop", "HS-1", cloudevents_type(EventType.RESOLVED), START + MINUTE, "d1", **done)
    yield event("one-stop-shop", "HS-2", cloudevents_type(EventType.PAUSED), START + MINUTE, "p2")


def mixed(records: list[BookingRecord], chance: Random) -> list[BookingRecord]:
    """Return records in any order, every third of them sent twice."""
    published = records + records[::3]
    return chance.sample(published, len(published))


def midnight() -> datetime:
    """Return the beginning of the city's day."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(hour=0, minute=0, second=0, microsecond=0)


def issued_today() -> Instant:
    """Return an instant of the city's day, four minutes ago if that is of it; near its end, wait for the next day.

    A ticket is valid on its day alone.
    """
    left = (midnight() + timedelta(days=1)).timestamp() - time.time()
    if left < 90:
        time.sleep(left)
    return max(time.time_ns() // 1_000_000 - 4 * MINUTE, to_instant(midnight()))


def figures(centre: RunningCity, by: str) -> dict[str, Any]:
    """Return the figures of yesterday, today and tomorrow, whenever the test runs."""
    start, end = (to_rfc3339(to_instant(midnight() + timedelta(days=days))) for days in (-1, 2))
    period = centre.get(f"figures/period?from={start}&to={end}&by={by}")
    return {**period["groups"], "*": period["total"]}


def quantile(values: list[int], q: float) -> float:
    return sorted(values)[int(q * (len(values) - 1))] / SECOND


def check_timing(timing: dict[str, Any], values: list[int]) -> None:
    assert timing["count"] == len(values)
    assert timing["mean_s"] == pytest.approx(sum(values) / len(values) / SECOND, abs=0.001)
    for q in (50, 90, 99):
        assert timing[f"p{q}_s"] == pytest.approx(quantile(values, q / 100), rel=ERROR)


def test_what_three_services_book_comes_out_right_however_it_comes_in(kafka: str, tmp_path: Path) -> None:
    """In any order, a third of it twice, with a worker killed half-way and another that takes over what it had."""
    chance, last_issued = Random(4), issued_today()
    bookings = (visits(last_issued), documents(), answers(), dossiers())
    services = [mixed(list(records), chance) for records in bookings]
    with city(kafka, tmp_path, partitions=4, clock="wall") as centre:
        centre.start_worker()
        for records in services:
            publish(kafka, *records[: len(records) // 2])
        assert centre.run("verify", "--wait", "60").returncode == 0, centre.logs()
        centre.kill_worker(0)
        centre.start_worker()
        for records in services:
            publish(kafka, *records[len(records) // 2 :])
        assert f"items         │ {len(WAITS) + LEFT_AT_ONCE + 2 + 40 + len(SCORES)}" in centre.verify()
        centre.start_api()
        check_figures(figures(centre, "unit"), figures(centre, "ward"))
        check_dossiers(centre)
        waited = time.time_ns() // 1_000_000 - last_issued
        (queue,) = centre.get("queues")["items"]
        assert (queue["unit"], queue["waiting"], queue["at_counter"]) == (SHOP, 1, 0)
        assert waited / SECOND <= queue["longest_wait_s"] < waited / SECOND + 10


def check_figures(units: dict[str, Any], wards: dict[str, Any]) -> None:
    tickets, left = units[SHOP]["tickets"], len(WAITS) - len(SERVED) + LEFT_AT_ONCE
    assert (tickets["issued"], tickets["called"]) == (len(WAITS) + LEFT_AT_ONCE + 1, len(WAITS))
    assert (tickets["served"], tickets["left"]) == (len(SERVED), left)
    assert tickets["left_rate"] == pytest.approx(left / (left + len(SERVED)), abs=1e-6)
    check_timing(tickets["waiting"], WAITS)
    check_timing(tickets["serving"], SERVED)
    check_timing(wards[WARD]["tickets"]["waiting"], WAITS)
    letters = units["*"]["documents"]
    assert letters == {"received": 40, "signed": 35, "sent": 40, "sent_signed": 30, "signed_rate": 0.75}
    assert units[CENTRE]["documents"]["received"] == 40
    assert units[SHOP]["documents"]["signed_rate"] == 0.75
    surveys = units[SHOP]["surveys"]
    assert (surveys["answers"], surveys["satisfied"], surveys["accepted"], surveys["not_satisfied"]) == (80, 50, 10, 20)
    assert (surveys["satisfaction_rate"], surveys["mean_score"]) == (0.75, 3.625)
    online = units["*"]["online"]
    assert (online["dossiers"], online["online"], online["full"], online["full_online_rate"]) == (2, 1, 2, 0.5)


def check_dossiers(centre: RunningCity) -> None:
    (answered,) = centre.get("dossiers/hs-1")["items"]
    (waiting,) = centre.get(f"dossiers/{quote('HS-2')}")["items"]
    assert (answered["state_en"], answered["late"], answered["procedure"]["code"]) == (
        "The result is there",
        False,
        "EX-001",
    )
    assert answered["evidence"] == [
        {**{name: EVIDENCE[name] for name in ("url", "sha256", "media_type")}, "time": to_rfc3339(START + MINUTE)}
    ]
    assert (waiting["state"], waiting["paused_since"]) == ("paused", to_rfc3339(START + MINUTE))
    assert "Kín" not in json.dumps([answered, waiting], ensure_ascii=False)
    with pytest.raises(HTTPError, match="404"):
        centre.get("dossiers/A-1")
