"""Dossiers looked up by their code, evidence, queues, and the figures of what is booked in registers."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from ioc.core.times import DAY, HOUR, MINUTE
from ioc.incident.lifecycle import EventType
from ioc.office_records.records import Act
from tests.api.city import City

ID = "one-stop-shop:HS-1"
PHOTO = {
    "url": "https://files.example/1.jpg",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "image/jpeg",
    "caption": "Ông Trần Văn Kín",
}
MARKED = ("Kín", "Lan Điều Hành", "0905123456")


def apply_for(city: City, incident_id: str = ID, **data: Any) -> None:
    """Let somebody hand in an application that is full of words and names."""
    application = {
        "category": "EX-001",
        "channel": "Cổng dịch vụ công",
        "title": "Khai sinh cho bé Kín",
        "text": "0905123456",
    }
    city.report(incident_id, **{**application, "address": "7 Kín", "reporter": {"name": "Trần Văn Kín"}, **data})


async def look_up(client: httpx.AsyncClient, code: str = "HS-1") -> dict[str, Any]:
    answer = await client.get(f"/dossiers/{code}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (dossier,) = answer.json()["items"]
    assert not [word for word in MARKED if word in answer.text]
    return dict(dossier)


async def test_a_dossier_is_still_looked_up_when_its_service_was_taken_out_of_the_catalogue(
    city: City, client: httpx.AsyncClient
) -> None:
    apply_for(city)
    city.happen(ID, EventType.RESOLVED)
    catalogue = city.model.catalogue
    services = {code: service for code, service in catalogue.services.items() if code != "one-stop-shop"}
    city.model.catalogue = replace(catalogue, services=services, procedures={})
    dossier = await look_up(client)
    assert (dossier["service"]["name_vi"], dossier["procedure"], dossier["state"]) == (
        "one-stop-shop",
        None,
        "resolved",
    )


async def test_a_dossier_is_looked_up_by_its_code_from_receipt_to_result(city: City, client: httpx.AsyncClient) -> None:
    apply_for(city)
    dossier = await look_up(client)
    assert dossier == {
        "code": "HS-1",
        "service": {"code": "one-stop-shop", "name_vi": "Một cửa điện tử", "name_en": "One-stop shop"},
        "procedure": {"code": "EX-001", "name_vi": "Đăng ký khai sinh", "name_en": "Registration of birth"},
        "unit": {"code": "ubnd-thuan-hoa", "name": city.processor.catalogue.units["ubnd-thuan-hoa"].name},
        "state": "reported",
        "state_vi": "Đã tiếp nhận",
        "state_en": "Received",
        "received": "2024-04-16T02:00:00.000Z",
        "due": "2024-04-17T02:00:00.000Z",  # 7 h 30 promised by the procedure, not the rule's 37 h 30
        "late": False,
        "paused_since": None,
        "closed": None,
        "evidence": [],
    }
    city.pass_time(HOUR)
    city.happen(ID, EventType.PAUSED, source="/operations-centre/one-stop-shop", actor="Lan Điều Hành", text="Kín")
    dossier = await look_up(client)
    assert (dossier["state_en"], dossier["due"], dossier["paused_since"]) == (
        "Waiting for the applicant",
        None,
        "2024-04-16T03:00:00.000Z",
    )
    city.happen(ID, EventType.RESOLVED, actor="Lan Điều Hành", evidence=[PHOTO, {**PHOTO, "public": True}])
    dossier = await look_up(client)
    assert (dossier["state_vi"], dossier["closed"], dossier["late"]) == (
        "Đã có kết quả",
        "2024-04-16T03:00:00.000Z",
        False,
    )
    shown = {name: PHOTO[name] for name in ("url", "sha256", "media_type")}
    assert dossier["evidence"] == [{**shown, "time": "2024-04-16T03:00:00.000Z"}]


async def test_a_dossier_that_is_overdue_is_told_to_be_late_and_so_is_a_late_answer(
    city: City, client: httpx.AsyncClient
) -> None:
    apply_for(city)
    city.pass_time(DAY)
    assert not (await look_up(client))["late"], "on the due itself there is still time"
    city.pass_time(1)
    assert (await look_up(client))["late"]
    city.happen(ID, EventType.RESOLVED)
    assert (await look_up(client))["late"]


@pytest.mark.parametrize("code", ["hs-1", "HS-1", " HS-1 "])
async def test_case_and_blanks_do_not_matter(city: City, client: httpx.AsyncClient, code: str) -> None:
    apply_for(city)
    assert (await look_up(client, code))["code"] == "HS-1"


async def test_a_code_that_several_sources_use_finds_all_of_them_the_latest_first(
    city: City, client: httpx.AsyncClient
) -> None:
    apply_for(city, service="one-stop-shop")
    city.pass_time(MINUTE)
    apply_for(city, "counter:HS-1", service="one-stop-shop", category="EX-004")
    dossiers = (await client.get("/dossiers/HS-1")).json()["items"]
    assert [dossier["procedure"]["code"] for dossier in dossiers] == ["EX-004", "EX-001"]


async def test_a_dossier_that_was_joined_with_another_is_told_how_that_ended(
    city: City, client: httpx.AsyncClient
) -> None:
    apply_for(city)
    city.happen(ID, EventType.MERGED, into="one-stop-shop:HS-9")
    assert (await look_up(client))["state_en"] == "Joined with another dossier"
    followed = {"parent": "one-stop-shop:HS-9", "turn": 1, "outcome": "resolved", "ended_at": "2024-04-16T02:00:00Z"}
    city.happen(ID, EventType.FOLLOWED, source="/operations-centre/families/one-stop-shop", **followed)
    dossier = await look_up(client)
    assert (dossier["state"], dossier["state_en"]) == ("merged", "The result is there")


async def test_only_dossiers_are_found(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:PA-1")
    city.happen("one-stop-shop:HS-2", EventType.ACKNOWLEDGED)
    for code in ("PA-1", "field-reports:PA-1", "HS-2", "HS-3"):
        answer = await client.get(f"/dossiers/{code}")
        assert (answer.status_code, answer.json()) == (
            404,
            {"type": "about:blank", "title": "No such dossier", "status": 404, "errors": []},
        )


async def test_evidence_is_shown_with_who_showed_it_and_when(city: City, client: httpx.AsyncClient) -> None:
    apply_for(city, evidence=[PHOTO])
    city.happen(ID, EventType.RATED, score=5, evidence=[PHOTO])  # not allowed: it is not resolved
    city.happen(ID, EventType.NOTED, actor="Tổ 1", evidence=[{**PHOTO, "public": True}])
    detail = (await client.get(f"/incidents/{ID}")).json()
    by = {"time": "2024-04-16T02:00:00.000Z"}
    assert detail["evidence"] == [
        {**PHOTO, **by, "public": False, "type": "vn.ioc.incident.reported.v1", "actor": None},
        {**PHOTO, **by, "public": True, "type": "vn.ioc.incident.noted.v1", "actor": "Tổ 1"},
    ]
    assert detail["procedure"]["online"] == "full"
    resolve = next(deadline for deadline in detail["deadlines"] if deadline["target"] == "resolve")
    assert (resolve["rule"], resolve["procedure"], resolve["total_s"]) == ("one-stop-shop", "EX-001", 27_000)


async def test_an_operator_shows_evidence_with_a_command(city: City, client: httpx.AsyncClient) -> None:
    apply_for(city)
    answer = await client.post(f"/incidents/{ID}/resolve", json={"actor": "Lan", "evidence": [PHOTO]})
    assert answer.status_code == 202
    ((key, value, headers),) = city.broker.published
    city.receive(key, value, headers)
    (evidence,) = (await client.get(f"/incidents/{ID}")).json()["evidence"]
    assert (evidence["url"], evidence["actor"], evidence["public"]) == (PHOTO["url"], "Lan", False)


async def test_faults_of_evidence_in_a_command_are_named_all_at_once(city: City, client: httpx.AsyncClient) -> None:
    apply_for(city)
    wrong = {**PHOTO, "url": "http://files.example/1.jpg", "sha256": "0"}
    answer = await client.post(f"/incidents/{ID}/resolve", json={"evidence": [PHOTO, wrong]})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} == {"evidence.1.url", "evidence.1.sha256"}


SHOP = {"service": "one-stop-shop", "unit": "tt-hanh-chinh-cong"}


def draw(city: City, number: int, **data: Any) -> str:
    key = f"one-stop-shop:A-{number}"
    city.book(key, Act.ISSUED, **{**SHOP, **data})
    return key


async def queues(client: httpx.AsyncClient) -> list[Any]:
    return list((await client.get("/queues")).json()["items"])


async def test_the_queues_are_who_waits_now(city: City, client: httpx.AsyncClient) -> None:
    draw(city, 1)
    city.pass_time(5 * MINUTE)
    second, third = draw(city, 2), draw(city, 3)
    city.book(draw(city, 4), Act.LEFT)
    fourth = draw(city, 5, unit="ubnd-thuan-hoa")
    for key in (second, third, fourth):
        city.book(key, Act.CALLED)
    city.book(third, Act.SERVED)
    city.pass_time(MINUTE)
    here = {"service": "one-stop-shop", "ward": ""}
    assert await queues(client) == [
        {**here, "unit": "tt-hanh-chinh-cong", "waiting": 1, "at_counter": 1, "longest_wait_s": 360.0},
        {**here, "unit": "ubnd-thuan-hoa", "waiting": 0, "at_counter": 1, "longest_wait_s": None},
    ]
    city.pass_time(DAY)
    assert await queues(client) == [], "nobody waits overnight"


async def test_the_figures_tell_of_queues_documents_surveys_and_what_came_online(
    city: City, client: httpx.AsyncClient
) -> None:
    first = draw(city, 1)
    city.pass_time(10 * MINUTE)
    city.book(first, Act.CALLED)
    city.book(draw(city, 2), Act.LEFT)
    city.book("one-stop-shop:VB-1", Act.SIGNED, **SHOP)
    for number in (1, 2):
        city.book(f"one-stop-shop:VB-{number}", Act.SENT, **SHOP)
    for number, score in enumerate((5, 3, 1, 4)):
        city.book(f"one-stop-shop:KS-{number}", Act.ANSWERED, **SHOP, score=score)
    for number, channel in enumerate(("Cổng dịch vụ công", "Bộ phận một cửa")):
        apply_for(city, f"one-stop-shop:HS-{number}", channel=channel)
    city.happen("one-stop-shop:HS-0", EventType.RESOLVED)
    city.happen("one-stop-shop:HS-0", EventType.RATED, score=2)
    city.beat()
    today = (await client.get("/figures")).json()["today"]
    waiting = today["tickets"].pop("waiting")
    assert (waiting["count"], waiting["mean_s"]) == (1, 600.0)
    assert abs(waiting["p90_s"] - 600) <= waiting["error"] * 600
    assert today["tickets"].pop("serving")["count"] == 0
    assert today["tickets"] == {"issued": 2, "called": 1, "served": 0, "left": 1, "left_rate": 1.0}
    assert today["documents"] == {"received": 0, "signed": 1, "sent": 2, "sent_signed": 1, "signed_rate": 0.5}
    assert (today["surveys"]["satisfaction_rate"], today["surveys"]["mean_score"]) == (0.75, 3.25)
    assert today["voices"] == {"heard": 5, "not_satisfied": 2, "satisfaction_rate": 0.6, "mean_score": 3.0}
    online = today["online"]
    assert (online["dossiers"], online["online_rate"], online["full_online_rate"]) == (2, 0.5, 0.5)
    assert (online["full_share"], online["partial"], online["partial_online_rate"]) == (1.0, 0, None)


async def test_the_catalogue_tells_how_many_procedures_have_each_level(client: httpx.AsyncClient) -> None:
    catalogue = (await client.get("/catalogue")).json()
    assert catalogue["procedures"] == {"none": 0, "partial": 3, "full": 3}
    shop = next(service for service in catalogue["services"] if service["code"] == "one-stop-shop")
    assert (shop["online"], shop["dossiers"]) == ("partial", True)
