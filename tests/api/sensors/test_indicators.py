"""GET /indicators and its message on the feed: what is measured, which level is in force, and what is not known."""

from typing import Any

import httpx
import pytest

from api.feed.message import FeedMessage, merge_messages, rows_message
from api.http.json import raw_json
from api.sensors.schemas import EXAMPLE, SensorShown
from ioc.core.times import HOUR, MINUTE, SECOND, to_rfc3339
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City, decoded_body

pytestmark = pytest.mark.asyncio
RIVER, RAIN = "river-stations:kim-long", "rain-gauges:hue"


async def rows_by_sensor(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get("/indicators")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return {row["id"]: row for row in answer.json()["items"]}


def rise(city: City, value: float = 2.4) -> None:
    """Let the river stand at a value for as long as its levels have to hold."""
    city.measure(RIVER, value)
    for _ in range(2):
        city.now += 5 * MINUTE
        city.measure(RIVER, value)


async def test_what_was_never_measured_is_unknown_and_not_nothing(city: City, client: httpx.AsyncClient) -> None:
    rows = await rows_by_sensor(client)
    assert rows.keys() == city.model.catalogue.sensors.keys()
    assert {(one["value"], one["last_at"], one["level"], one["silent"]) for one in rows.values()} == {
        (None, None, 0, False)
    }
    answer = (await client.get("/indicators")).json()
    assert answer["counts"] == {"total": len(rows), "at_level": 0, "silent": 0, "unknown": len(rows)}
    assert (answer["stale"], answer["as_of"]) == (True, "1970-01-01T00:00:00.000Z"), "nobody has vouched for it yet"


async def test_the_level_in_force_is_told_with_its_incident(city: City, client: httpx.AsyncClient) -> None:
    rise(city)
    answer = (await client.get("/indicators")).json()
    first = answer["items"][0]
    assert SensorShown.model_validate(first).model_dump() == first
    assert {name: first[name] for name in ("id", "value", "measure", "level", "title_en", "priority", "incident")} == {
        "id": RIVER,
        "value": 2.4,
        "measure": "m",
        "level": 2,
        "title_en": "Flood alarm II",
        "priority": "high",
        "incident": f"{RIVER}:1",
    }
    assert first["since"] == to_rfc3339(START + 10 * MINUTE)
    assert answer["counts"]["at_level"] == 1
    assert (answer["stale"], answer["as_of"]) == (False, to_rfc3339(START + 10 * MINUTE))
    shown = (await client.get(f"/incidents/{RIVER}:1")).json()
    assert (shown["title"], shown["ward"]) == ("Lũ đạt báo động II: Sông Hương tại Kim Long", "19774")
    assert "2.4 m ≥ 2 m trong 10 phút" in str(shown["history"])


async def test_a_silent_sensor_shows_its_last_value_as_the_last_only(city: City, client: httpx.AsyncClient) -> None:
    city.measure(RAIN, 12.5)
    city.now += HOUR
    city.wait_for_silence()
    row = (await rows_by_sensor(client))[RAIN]
    assert (row["value"], row["last_value"], row["last_at"]) == (None, 12.5, to_rfc3339(START))
    assert (row["silent"], row["silent_since"]) == (True, to_rfc3339(START + 30 * MINUTE))
    assert row["silent_incident"] == f"{RAIN}:silent-1"
    assert (await client.get(f"/incidents/{RAIN}:silent-1")).json()["state"] == "reported"
    city.measure(RAIN, 0.0)
    row = (await rows_by_sensor(client))[RAIN]
    assert (row["value"], row["silent"], row["silent_incident"]) == (0.0, False, None)


async def test_the_picture_of_the_sensors_grows_old_by_itself(city: City, client: httpx.AsyncClient) -> None:
    city.measure(RIVER, 0.4)
    city.now += 11 * SECOND
    city.beat()
    assert (await client.get("/indicators")).json()["stale"], (
        "only those who fold the incidents have told of themselves"
    )
    assert not (await client.get("/figures")).json()["stale"]


async def test_the_metrics_count_the_sensors(city: City, client: httpx.AsyncClient) -> None:
    rise(city)
    text = (await client.get("/metrics")).text
    assert 'ioc_api_sensors{state="at_level"} 1.0' in text
    assert 'ioc_api_sensors{state="silent"} 0.0' in text
    assert f'ioc_api_sensors{{state="unknown"}} {len(city.model.catalogue.sensors) - 1}.0' in text


async def test_a_sensor_s_word_shows_that_its_service_is_alive(city: City) -> None:
    city.measure(RIVER, 0.4)
    assert city.model.last_seen["flood-rain"] == START
    city.now += MINUTE
    rise(city)
    assert city.model.entry(f"{RIVER}:1") is not None
    assert city.model.last_seen["flood-rain"] == START + 11 * MINUTE


async def test_the_feed_tells_all_sensors_at_first_and_then_those_that_changed(city: City) -> None:
    city.measure(RIVER, 0.4)
    city.feed.step()
    snapshot = city.feed.opening()[0].body
    assert len(snapshot["indicators"]) == len(city.model.catalogue.sensors)
    last = city.feed.position
    city.now += SECOND
    city.feed.step()
    assert not [one for one in city.feed.messages_after(last) or () if one.kind == "indicators"], "nothing is new"
    city.measure(RAIN, 3.0)
    city.now += SECOND
    city.feed.step()
    (message,) = [one for one in city.feed.messages_after(last) or () if one.kind == "indicators"]
    assert [(one["id"], one["value"]) for one in decoded_body(message)["upserts"]] == [(RAIN, 3.0)]
    assert message.body["removed"] == []


async def test_a_screen_that_is_behind_misses_no_sensor() -> None:
    def message_of(position: int, sensor_id: str, value: float) -> FeedMessage:
        return rows_message(str(position), "indicators", {sensor_id: raw_json({"id": sensor_id, "value": value})})

    (message,) = merge_messages((message_of(1, "a", 1.0), message_of(2, "b", 1.0), message_of(3, "a", 2.0)))
    assert message.position == "3"
    assert decoded_body(message)["upserts"] == [{"id": "a", "value": 2.0}, {"id": "b", "value": 1.0}]


async def test_an_incident_that_people_closed_is_not_named(city: City, client: httpx.AsyncClient) -> None:
    rise(city)
    city.happen(f"{RIVER}:1", EventType.RESOLVED, "/operations-centre/river-stations")
    row = (await rows_by_sensor(client))[RIVER]
    assert (row["level"], row["incident"]) == (2, None)


async def test_the_example_is_one() -> None:
    assert SensorShown.model_validate(EXAMPLE).model_dump() == EXAMPLE
