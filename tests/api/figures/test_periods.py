"""The figures of any period: sums of the windows it is made of, by whichever side, in JSON and as a table."""

import csv
import io
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.periods import TooOld, base_windows
from ioc.core.times import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant, to_rfc3339
from ioc.figures.aggregates import WindowSize
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City

ZONE = "Asia/Ho_Chi_Minh"
TODAY = parse_instant("2024-04-16T00:00:00+07:00")


async def get_period(client: httpx.AsyncClient, start: Instant, end: Instant, **more: str) -> httpx.Response:
    return await client.get("/figures/period", params={"from": to_rfc3339(start), "to": to_rfc3339(end), **more})


def a_morning(city: City) -> None:
    """Two solved, one of them after its due; one still open; in two wards and of two services."""
    city.report("field-reports:1", due={"resolve": to_rfc3339(START + HOUR)})
    city.report("field-reports:2", ward="19777", due={"resolve": to_rfc3339(START + HOUR)})
    city.report("health:3", ward="19777")
    city.pass_time(30 * MINUTE)
    city.happen("field-reports:1", EventType.RESOLVED)
    city.pass_time(60 * MINUTE)
    city.happen("field-reports:2", EventType.RESOLVED)


async def test_a_day_is_told_in_all_and_by_each_side(client: httpx.AsyncClient, city: City) -> None:
    a_morning(city)
    day = (await get_period(client, TODAY, TODAY + DAY, by="ward")).json()
    assert (day["total"]["received"], day["total"]["resolved"], day["total"]["on_time_rate"]) == (3, 2, 0.5)
    assert {ward: group["received"] for ward, group in day["groups"].items()} == {"19753": 1, "19777": 2}
    by_service = (await get_period(client, TODAY, TODAY + DAY, by="service")).json()["groups"]
    assert by_service["field-reports"]["handling"]["count"] == 2
    assert by_service["field-reports"]["handling"]["mean_s"] == 3600
    assert by_service["health"]["resolved"] == 0


async def test_hours_are_cut_by_the_minute_and_add_up_to_the_day(client: httpx.AsyncClient, city: City) -> None:
    a_morning(city)
    cuts = [TODAY, START + MINUTE, START + HOUR, TODAY + DAY]
    parts = [(await get_period(client, start, end)).json()["total"] for start, end in pairwise(cuts)]
    assert [part["received"] for part in parts] == [3, 0, 0]
    assert [part["resolved"] for part in parts] == [0, 1, 1]
    assert [part["late"] for part in parts] == [0, 0, 1]


async def test_a_filter_leaves_out_the_others(client: httpx.AsyncClient, city: City) -> None:
    a_morning(city)
    some = (await get_period(client, TODAY, TODAY + DAY, ward="19777", service="field-reports", by="unit")).json()
    assert some["total"]["received"] == 1
    assert len(some["groups"]) == 1


async def test_the_table_says_the_same(client: httpx.AsyncClient, city: City) -> None:
    a_morning(city)
    answer = await get_period(client, TODAY, TODAY + DAY, by="ward", format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["ward"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows.keys() == {"19753", "19777", "*"}
    assert (rows["*"]["received"], rows["*"]["handling_count"], rows["19753"]["on_time_rate"]) == ("3", "2", "1.0")
    assert rows["19777"]["satisfaction_rate"] == "0.0"


async def test_all_faults_at_once(client: httpx.AsyncClient) -> None:
    faults = (await get_period(client, START + SECOND, START - HOUR + SECOND)).json()["errors"]
    assert [fault["field"] for fault in faults] == ["from", "to", "to"]
    naive = await client.get("/figures/period", params={"from": "2024-04-16T00:00:00", "to": "x", "by": "colour"})
    assert {fault["field"] for fault in naive.json()["errors"]} == {"from", "to", "by"}


@pytest.mark.parametrize("year", ["0001", "1969", "2101", "9999"])
async def test_a_date_no_calendar_reaches_is_a_fault(client: httpx.AsyncClient, year: str) -> None:
    dates = {"from": f"{year}-01-01T00:00:00+14:00", "to": f"{year}-12-31T23:59:00Z"}
    answer = await client.get("/figures/period", params=dates)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} == {"from", "to"}


async def test_far_back_only_whole_days_are_known(client: httpx.AsyncClient) -> None:
    past = TODAY - 30 * DAY
    assert (await get_period(client, past, past + DAY)).status_code == 200
    assert (await get_period(client, past + HOUR, past + DAY)).json()["errors"][0]["field"] == "from"


@given(st.integers(0, 5 * DAY // MINUTE), st.integers(0, 5 * DAY // MINUTE))
def test_windows_cover_a_period_once_and_without_a_gap(first: int, length: int) -> None:
    start = TODAY - 3 * DAY + first * MINUTE
    end = start + length * MINUTE
    windows = list(base_windows(start, end, ZONE, TODAY))
    sizes = [DAY if window.size is WindowSize.DAY else MINUTE for window in windows]
    assert sum(sizes) == end - start
    assert all(
        window.start + size == following.start
        for (window, following), size in zip(pairwise(windows), sizes, strict=False)
    )


def test_too_old_is_an_error_and_not_a_smaller_number() -> None:
    with pytest.raises(TooOld):
        list(base_windows(TODAY - 10 * DAY, TODAY - 10 * DAY + HOUR, ZONE, TODAY))
