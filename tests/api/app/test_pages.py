"""Figures, catalogue, map, health, metrics and the screen."""

import httpx
import pytest

from api.read_model.clock import PipelineClock
from api.read_model.records import apply_record
from ioc.core.editions import with_edition
from ioc.core.records import Position
from ioc.core.times import HOUR, MINUTE, SECOND
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType
from ioc.processors import serde
from ioc.processors.serde import Heartbeat
from tests.api.city import START, City

pytestmark = pytest.mark.asyncio


async def test_figures_add_up(city: City, client: httpx.AsyncClient) -> None:
    for number in range(4):
        city.report(f"field-reports:{number}", priority="urgent" if number == 3 else "normal")
    city.pass_time(MINUTE)
    city.happen("field-reports:0", EventType.RESOLVED)
    city.happen("field-reports:1", EventType.RESOLVED)
    city.happen("field-reports:1", EventType.RATED, satisfaction="not_satisfied")
    city.happen("field-reports:2", EventType.ACKNOWLEDGED)
    told = (await client.get("/figures")).json()
    live, today = told["live"], told["today"]
    assert (told["clock"], told["speed"]) == ("wall", 1.0)
    assert (live["open"], live["overdue"], live["unacknowledged"]) == (2, 0, 1)
    assert live["by_service"] == {"field-reports": {"open": 2, "overdue": 0}}
    assert live["by_ward"]["19753"] == {"open": 2, "overdue": 0, "critical": 1}
    assert (today["received"], today["resolved"], today["on_time"], today["late"]) == (4, 2, 2, 0)
    assert (today["on_time_rate"], today["satisfaction_rate"]) == (1.0, 0.5)
    assert today["handling"]["count"] == 2
    assert today["handling"]["p50_s"] == pytest.approx(60, rel=0.01)
    assert told["last_hour"] == today
    assert len(told["trend"]["received"]) == 96
    assert told["trend"]["received"][-1] == 4
    assert sum(told["trend"]["resolved"]) == 2


async def test_rates_of_nothing_are_null(client: httpx.AsyncClient) -> None:
    today = (await client.get("/figures")).json()["today"]
    assert today["on_time_rate"] is None
    assert today["handling"]["p99_s"] is None


async def test_overdue_and_due_soon_are_told_apart(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    city.pass_time(50 * MINUTE)
    live = (await client.get("/figures")).json()["live"]
    assert (live["due_soon"], live["overdue"]) == (1, 0)
    city.pass_time(HOUR)
    live = (await client.get("/figures")).json()["live"]
    assert (live["due_soon"], live["overdue"]) == (0, 1)


async def test_catalogue_and_map(client: httpx.AsyncClient) -> None:
    told = (await client.get("/catalogue")).json()
    assert {"code", "name_vi", "name_en", "unit", "online", "dossiers", "categories"} == set(told["services"][0])
    assert len(told["wards"]) == 40
    assert "pending" not in told["commands"]
    assert "shelve" in told["commands"]["paused"]
    assert "shelve" not in told["commands"]["resolved"]
    assert told["commands"]["paused"][0] == "assign"
    assert told["commands"]["merged"] == ["acknowledge_directive", "report_directive", "rate", "unmerge"]
    wards = (await client.get("/map")).json()
    assert {feature["id"] for feature in wards["features"]} == {ward["code"] for ward in told["wards"]}


async def test_the_catalogue_names_its_edition_and_those_the_workers_fold_by(
    city: City, client: httpx.AsyncClient
) -> None:
    edition = city.model.catalogue.edition
    for known in ((), with_edition((), edition, 0), with_edition(with_edition((), edition, 0), "another", 7)):
        apply_record(city.model, Topic.POSITIONS, b"0", serde.encode(Position(editions=known)))
        told = (await client.get("/catalogue")).json()
        assert told["edition"] == edition
        assert told["in_force"] == [one.edition for one in known[-1:]]


async def test_half_a_picture_is_not_shown(city: City, client: httpx.AsyncClient) -> None:
    city.parts.readiness.ready = False
    assert (await client.get("/live")).status_code == 200
    for path in ("/ready", "/incidents", "/figures", "/stream", "/incidents/field-reports:1"):
        assert (await client.get(path)).status_code == 503, path
    city.parts.readiness.ready = True
    assert (await client.get("/ready")).json()["ready"] is True


async def test_the_screen_trusts_only_itself_and_is_asked_for_each_time(client: httpx.AsyncClient) -> None:
    for path in ("/", "/screen/index.html", "/screen/store.js"):
        page = await client.get(path)
        assert page.status_code == 200, path
        assert page.headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-cache"
        again = await client.get(path, headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
    assert (await client.get("/screen/../settings.py")).status_code == 404
    assert (await client.get("/screen/%2e%2e/settings.py")).status_code == 404


async def test_metrics_and_openapi(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    await client.get("/incidents/field-reports:1")
    text = (await client.get("/metrics")).text
    assert 'ioc_api_incidents_open{service="field-reports"} 1.0' in text
    assert 'ioc_api_incidents_open{service="flood-rain"} 0.0' in text
    assert 'ioc_api_incidents_overdue{service="flood-rain"} 0.0' in text
    assert 'route="/incidents/{id:path}"' in text
    assert "field-reports:1" not in text
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/incidents", "/figures", "/stream", "/incidents/{id}/direct"} <= set(paths)


async def test_an_event_clock_runs_on_at_its_own_speed_and_stops_in_silence() -> None:
    wall = START
    clock = PipelineClock(lambda: wall)
    assert clock.now() == START
    for second in range(5):
        wall = START + second * SECOND
        clock.put(Heartbeat(0, "w", 0, 0, second * MINUTE, wall, "event"))
    assert clock.by_events
    assert clock.speed == 60
    wall += SECOND // 2
    assert clock.now() == 4 * MINUTE + 30 * SECOND
    wall += 2 * SECOND
    assert clock.speed == 0  # else a screen would run on and be called back at every tick
    assert clock.at(wall - 4 * SECOND) == 2 * MINUTE + 30 * SECOND
    wall += HOUR
    assert clock.now() == 6 * MINUTE


async def test_days_that_pass_at_once_are_no_speed() -> None:
    clock = PipelineClock(lambda: START)
    for second, told in enumerate([0, 30 * HOUR, 30 * HOUR + MINUTE, 30 * HOUR + 2 * MINUTE, 30 * HOUR + 3 * MINUTE]):
        for partition in range(2):  # whose beats come a moment apart
            at = START + second * SECOND + partition * 40
            clock.put(Heartbeat(partition, "w", 0, 0, told, at, "event"))
    assert 55 < clock.speed < 65
