"""The incidents of a period as the table that other cities publish theirs in."""

import csv
import io

import httpx

from api.incidents.georeport import COLUMNS
from ioc.core.times import DAY, HOUR, Instant, to_rfc3339
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City


async def table(client: httpx.AsyncClient, start: Instant = START, end: Instant = START + DAY) -> list[dict[str, str]]:
    answer = await client.get("/georeport/bulk.csv", params={"from": to_rfc3339(start), "to": to_rfc3339(end)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert all(tuple(row) == COLUMNS for row in rows)
    return rows


async def test_each_report_of_the_period_is_a_line_with_its_answer(city: City, client: httpx.AsyncClient) -> None:
    place = {"lat": 16.4637, "lon": 107.5909, "address": "12 Lê Lợi, Huế"}
    city.report("field-reports:PA-1", category="tree", unit="cay-xanh", channel="Hue-S", **place)
    city.pass_time(HOUR)
    city.report("field-reports:PA-2", reporter={"name": "Trần Văn Kín", "phone": "0905123456"})
    city.happen("field-reports:PA-1", EventType.RESOLVED, text='Đã dọn xong, "sạch sẽ"')
    first, second = await table(client)
    assert first == {
        "service_request_id": "field-reports:PA-1",
        "requested_datetime": "2024-04-16T02:00:00.000Z",
        "updated_datetime": "2024-04-16T03:00:00.000Z",
        "closed_date": "2024-04-16T03:00:00.000Z",
        "status_description": "closed",
        "status_notes": 'Đã dọn xong, "sạch sẽ"',
        "source": "Hue-S",
        "service_name": "Phản ánh hiện trường",
        "service_subtype": "Cây xanh",
        "description": "Cây đổ ở Phú Xuân",
        "agency_responsible": "Trung tâm Công viên cây xanh Huế",
        "address": "12 Lê Lợi, Huế",
        "lat": "16.4637",
        "long": "107.5909",
    }
    assert (second["status_description"], second["closed_date"], second["status_notes"]) == ("open", "", "")
    assert "Kín" not in str(second)


async def test_only_what_was_reported_in_the_period_is_told(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:PA-1")
    city.pass_time(DAY)
    city.report("field-reports:PA-2")
    assert [row["service_request_id"] for row in await table(client)] == ["field-reports:PA-1"]
    assert len(await table(client, end=START + DAY + 1)) == 2


async def test_dossiers_are_peoples_own_affairs(city: City, client: httpx.AsyncClient) -> None:
    city.report("one-stop-shop:HS-1", category="EX-001")
    assert await table(client) == []


async def test_an_answer_given_before_a_reopening_is_no_answer(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:PA-1")
    city.happen("field-reports:PA-1", EventType.RESOLVED, text="Xong")
    city.pass_time(HOUR)
    city.happen("field-reports:PA-1", EventType.REOPENED)
    (row,) = await table(client)
    assert (row["status_description"], row["status_notes"]) == ("open", "")


async def test_no_cell_is_a_formula(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:PA-1", title='=HYPERLINK("http://x")', lat=-16.5, lon=-107.5)
    (row,) = await table(client)
    assert row["description"] == '\'=HYPERLINK("http://x")'
    assert (row["lat"], row["long"]) == ("-16.5", "-107.5")


async def test_all_faults_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.get("/georeport/bulk.csv", params={"from": "2024-04-16T00:00:00", "to": "tomorrow"})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} == {"from", "to"}
    answer = await client.get("/georeport/bulk.csv", params={"from": to_rfc3339(START), "to": to_rfc3339(START)})
    assert [fault["field"] for fault in answer.json()["errors"]] == ["to"]
