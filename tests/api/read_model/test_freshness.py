"""What the API says of its own age when the workers fall silent."""

import httpx
import pytest

from api.feed.tick import tick
from api.figures.summary import figures
from ioc.core.times import HOUR, MINUTE, SECOND, to_rfc3339
from tests.api.city import START, City

PERIOD = "/figures/period?from=2024-04-16T00:00:00%2B07:00&to=2024-04-17T00:00:00%2B07:00"


@pytest.mark.parametrize("path", ["/figures", "/incidents", PERIOD])
async def test_dead_workers_make_every_answer_old(city: City, client: httpx.AsyncClient, path: str) -> None:
    city.report("field-reports:1")
    fresh = (await client.get(path)).json()
    assert (fresh["as_of"], fresh["stale"]) == (to_rfc3339(START), False)
    city.now += HOUR
    old = (await client.get(path)).json()
    assert (old["as_of"], old["stale"]) == (to_rfc3339(START), True)
    assert old["as_of"] == tick(city.model, "test")["as_of"]
    city.beat()
    assert (await client.get(path)).json()["as_of"] == to_rfc3339(START + HOUR)


async def test_before_the_first_heartbeat_nothing_is_current(city: City, client: httpx.AsyncClient) -> None:
    assert "ioc_api_heartbeat_age_seconds 0.0" in (await client.get("/metrics")).text
    document = figures(city.model)
    assert (document["as_of"], document["stale"]) == ("1970-01-01T00:00:00.000Z", True)


async def test_the_age_of_the_oldest_heartbeat_is_a_metric(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    city.now += MINUTE + SECOND // 2
    assert "ioc_api_heartbeat_age_seconds 60.5" in (await client.get("/metrics")).text
    assert "# HELP ioc_api_heartbeat_age_seconds " in (await client.get("/metrics")).text


async def test_screens_hear_that_the_figures_have_grown_old(city: City) -> None:
    city.report("field-reports:1")
    city.feed.step()
    last = city.feed.position
    city.now += 20 * SECOND
    city.feed.step()
    messages = city.feed.messages_after(last)
    assert messages is not None
    assert [message.body["stale"] for message in messages if message.kind == "figures"] == [True]
