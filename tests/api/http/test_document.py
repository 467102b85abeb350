"""The OpenAPI document: complete, and true of what the API answers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from api.app import process_schemas
from api.catalogue import schemas as catalogue
from api.catalogue import war_room_schemas
from api.commands.bodies import BODIES
from api.figures import schemas as figures_schemas
from api.http.openapi import OPEN311
from api.http.problems import ProblemShown
from api.incidents import groups_schemas
from api.incidents import schemas as incidents_schemas
from api.notifications import schemas as notifications_schemas
from api.registers import schemas as registers_schemas
from api.sensors import schemas as sensors_schemas
from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import EventType
from ioc.office_records.records import Act
from tests.api.city import City

ONE = "field-reports:1"
DOSSIER = "one-stop-shop:HS-1"
PHOTO = {"url": "https://files.example/1.jpg", "sha256": "0" * 64, "media_type": "image/jpeg", "public": True}
DAY = "from=2024-04-16T00:00:00%2B07:00&to=2024-04-17T00:00:00%2B07:00"


@pytest.fixture(scope="module")
def document(catalogue: Catalogue) -> dict[str, Any]:
    return City(catalogue).api.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_operation_and_parameter_says_what_it_is(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{name}: {parameter['name']}"


def test_every_answer_has_a_schema_and_every_error_is_a_problem(document: dict[str, Any]) -> None:
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            assert response["content"], f"{name}: {status}"
            for media_type, content in response["content"].items():
                assert content["schema"], f"{name}: {status}: {media_type}"
                if int(status) >= 400 and OPEN311 in operation["tags"]:
                    assert media_type in ("application/json", "text/xml"), f"{name}: {status}"
                elif int(status) >= 400:
                    assert media_type == "application/problem+json", f"{name}: {status}"
                    assert ProblemShown.model_validate(content["example"]).status == int(status)


def test_every_example_of_a_body_is_valid(document: dict[str, Any], catalogue: Catalogue) -> None:
    components = document["components"]
    for command, body in BODIES.items():
        operation = document["paths"][f"/incidents/{{id}}/{command}"]["post"]
        ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = components["schemas"][ref.rpartition("/")[2]]
        assert schema["examples"], command
        for example in schema["examples"]:
            body.model_validate(example)
            Draft202012Validator({**schema, "components": components}).validate(example)


@pytest.mark.parametrize("command", BODIES)
async def test_every_example_of_a_body_is_accepted(city: City, client: httpx.AsyncClient, command: str) -> None:
    other = "field-reports:PA-000119"
    city.report(other)
    city.report(ONE)
    before = {
        "resume": EventType.PAUSED,
        "reopen": EventType.RESOLVED,
        "rate": EventType.RESOLVED,
        "unmerge": EventType.MERGED,
        "decline": EventType.PROPOSED,
    }.get(command)
    if before is not None:
        city.happen(ONE, before, **({"into": other} if before in (EventType.MERGED, EventType.PROPOSED) else {}))
    if command == "unshelve":
        city.happen(ONE, EventType.SHELVED, actor="Lan", text="chờ", until="2024-04-17T02:00:00Z")
    if command.endswith("_directive"):
        city.happen(ONE, EventType.DIRECTED, event_id="7d1e", units=["so-y-te"])
    for example in BODIES[command].model_json_schema()["examples"]:
        answer = await client.post(f"/incidents/{ONE}/{command}", json=example)
        assert answer.status_code == 202, answer.text


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/figures", figures_schemas.FiguresShown),
        (f"/figures/period?{DAY}&by=ward", figures_schemas.PeriodShown),
        ("/catalogue", catalogue.CatalogueShown),
        ("/map", catalogue.MapShown),
        ("/groups?least=1", groups_schemas.GroupsShown),
        ("/live", process_schemas.Alive),
        ("/ready", process_schemas.Ready),
        ("/incidents", incidents_schemas.PageShown),
        ("/notifications", notifications_schemas.NotificationLogShown),
        ("/maintenance", notifications_schemas.WindowsShown),
        (f"/incidents/{ONE}", incidents_schemas.DetailShown),
        (f"/incidents/{DOSSIER}", incidents_schemas.DetailShown),
        ("/dossiers/HS-1", registers_schemas.DossiersShown),
        ("/queues", registers_schemas.QueuesShown),
        ("/war-room", war_room_schemas.WarRoomShown),
        ("/indicators", sensors_schemas.IndicatorsShown),
    ],
)
async def test_answers_have_the_shape_told(
    city: City, client: httpx.AsyncClient, path: str, shape: type[BaseModel]
) -> None:
    city.report(ONE)
    city.happen(ONE, EventType.PAUSED)
    city.report(DOSSIER, category="EX-001", evidence=[PHOTO])
    city.book("one-stop-shop:A-1", Act.ISSUED, service="one-stop-shop")
    city.happen(ONE, EventType.DIRECTED, event_id="d", units=["so-y-te", "pccc"], text="x", due="2024-04-16T11:00:00Z")
    evidence = [{"url": "https://files.example/1.jpg", "sha256": "0" * 64, "media_type": "image/jpeg"}]
    city.happen(ONE, EventType.DIRECTIVE_DONE, directive="d", unit="pccc", evidence=evidence)
    answer = (await client.get(path)).json()
    assert shape.model_validate(answer).model_dump(by_alias=True) == answer


@pytest.mark.parametrize("path", ["/", "/figures", "/map", "/stream", "/screen/store.js"])
async def test_head_is_get_without_the_body(city: City, client: httpx.AsyncClient, path: str) -> None:
    answer = await client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await client.head("/nowhere")).status_code == 404
