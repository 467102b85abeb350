"""Open311 GeoReport v2: what can be reported, and reports followed, in JSON and in XML."""

import asyncio
from xml.etree import ElementTree

import httpx
import pytest
from pydantic import TypeAdapter

from api.http.dependencies import the_settings
from api.http.settings import ApiSettings
from api.open311 import routes as open311_routes
from api.open311 import schemas as shapes
from api.read_model.index.entry import IndexEntry
from ioc.core.times import DAY, to_rfc3339
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City
from tests.api.open311.posting import V2, post


async def test_services_are_what_people_can_use_online(city: City, client: httpx.AsyncClient) -> None:
    document = (await client.get(f"{V2}/services.json")).json()
    TypeAdapter(list[shapes.Open311Service]).validate_python(document)
    codes = {one["service_code"] for one in document}
    assert {"field-reports:tree", "health:food", "electronic-card:payment"} <= codes
    assert not {code for code in codes if code.startswith(("one-stop-shop", "imported", "flood-rain"))}
    as_xml = ElementTree.fromstring((await client.get(f"{V2}/services.xml")).content)
    assert as_xml.tag == "services"
    assert [one.findtext("service_name") for one in as_xml.findall("service")] == [
        one["service_name"] for one in document
    ]
    assert as_xml[0].findtext("metadata") == "true"


async def test_a_service_tells_the_wards_a_report_can_name(city: City, client: httpx.AsyncClient) -> None:
    document = (await client.get(f"{V2}/services/field-reports:tree.json")).json()
    definition = shapes.Open311Definition.model_validate(document)
    wards = {value.key for value in definition.attributes[0].values}
    assert wards == set(city.model.catalogue.wards)
    as_xml = ElementTree.fromstring((await client.get(f"{V2}/services/field-reports:tree.xml")).content)
    assert {one.text for one in as_xml.iterfind("attributes/attribute/values/value/key")} == wards
    assert (await client.get(f"{V2}/services/one-stop-shop:land.json")).status_code == 404


async def test_a_report_is_followed_by_its_id(city: City, client: httpx.AsyncClient) -> None:
    (receipt,) = (await post(client)).json()
    incident_id = receipt["service_request_id"]
    city.receive(*city.broker.published[0])
    (document,) = (await client.get(f"{V2}/requests/{incident_id}.json")).json()
    assert shapes.Open311Request.model_validate(document).model_dump() == document
    assert (document["status"], document["service_code"], document["service_name"]) == (
        "open",
        "field-reports:tree",
        "Cây xanh",
    )
    assert document["expected_datetime"] > document["requested_datetime"]
    assert (document["address"], document["lat"], document["long"]) == ("12 Lê Lợi, Huế", 16.4637, 107.5909)
    city.pass_time(1000)
    city.happen(incident_id, EventType.RESOLVED, source="/hue/open311", text="Đã dọn \x01xong")
    as_xml = await client.get(f"{V2}/requests/{incident_id}.xml")
    (request,) = ElementTree.fromstring(as_xml.content)
    assert (request.tag, request.findtext("status"), request.findtext("status_notes")) == (
        "request",
        "closed",
        "Đã dọn xong",
    )
    assert "Hoa" not in as_xml.text
    assert "0234" not in as_xml.text
    assert (await client.get(f"{V2}/requests/open311:none.json")).status_code == 404


async def test_a_list_is_the_newest_first_of_what_was_asked_for(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1", category="tree")
    city.report("one-stop-shop:HS-1", category="EX-001")
    city.pass_time(DAY)
    city.report("field-reports:2", category="road")
    city.happen("field-reports:2", EventType.RESOLVED)

    async def ids(**query: str) -> list[str]:
        answer = await client.get(f"{V2}/requests.json", params=query)
        assert answer.status_code == 200, answer.text
        return [one["service_request_id"] for one in answer.json()]

    assert await ids() == ["field-reports:2", "field-reports:1"]
    assert await ids(status="open") == ["field-reports:1"]
    assert await ids(service_code="field-reports:road,health:food") == ["field-reports:2"]
    assert await ids(end_date=to_rfc3339(START + 1)) == ["field-reports:1"]
    assert await ids(start_date=to_rfc3339(START + 1)) == ["field-reports:2"]
    assert await ids(page="2", page_size="1") == ["field-reports:1"]
    assert await ids(service_request_id="field-reports:1,one-stop-shop:HS-1,none", status="closed") == [
        "field-reports:1"
    ]
    city.pass_time(100 * DAY)
    assert await ids() == []
    for query in ({"start_date": "2024-01-01T00:00:00Z"}, {"end_date": "soon"}, {"page": "0", "page_size": "1001"}):
        answer = await client.get(f"{V2}/requests.json", params=query)
        assert answer.status_code == 400, query
        assert len(answer.json()) == len([name for name in query if name != "start_date"] or [1])


async def test_another_jurisdiction_is_another_server(city: City) -> None:
    the_settings.bind(city.api, ApiSettings(jurisdiction="hue.gov.vn"))
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
        for jurisdiction, status in (("hue.gov.vn", 200), ("", 200), ("chicago.gov", 404)):
            answer = await client.get(f"{V2}/services.json", params={"jurisdiction_id": jurisdiction})
            assert answer.status_code == status
        assert (await post(client, jurisdiction_id="chicago.gov")).status_code == 404
        assert (await post(client, jurisdiction_id="hue.gov.vn")).status_code == 201


async def test_what_cannot_be_meant_is_not_looked_at_and_a_long_look_lets_others_have_their_turn(
    city: City, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        city.report(f"field-reports:{number}", category="tree")
    looked_up, turns = list[str](), 0
    find_entry, sleep = city.model.entry, asyncio.sleep

    def count_lookup(incident_id: str) -> IndexEntry | None:
        looked_up.append(incident_id)
        return find_entry(incident_id)

    async def count_turn(seconds: float) -> None:
        nonlocal turns
        turns += 1
        await sleep(seconds)

    monkeypatch.setattr(city.model, "entry", count_lookup)
    monkeypatch.setattr(open311_routes, "_ENTRIES_A_TURN", 10)
    monkeypatch.setattr("api.open311.routes.asyncio.sleep", count_turn)
    for none in ("status=closed", "status=unknown", "service_code=health:food", "service_code=nothing"):
        assert (await client.get(f"{V2}/requests.json?{none}")).json() == []
    assert (looked_up, turns) == ([], 0)
    last = await client.get(f"{V2}/requests.json?service_code=field-reports:tree&status=open&page=4&page_size=10")
    assert (len(last.json()), turns) == (10, 4)
