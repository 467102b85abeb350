"""What every request passes through: the limit of its body, the net for errors, the headers."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import httpx
import pytest
from pydantic import ValidationError

from api.app.middleware import MAX_BODY_BYTES
from api.http.settings import ApiSettings
from tests.api.city import City

COMMAND = "/incidents/field-reports:1/acknowledge"


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


@pytest.mark.parametrize("path", [COMMAND, "/figures", "/nowhere"])
async def test_a_long_body_is_refused_whoever_it_is_for(client: httpx.AsyncClient, path: str) -> None:
    for body in (b" " * (MAX_BODY_BYTES + 1), in_chunks(MAX_BODY_BYTES + 1024)):
        answer = await client.post(path, content=body)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_up_to_the_limit_is_read_in_chunks(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")

    async def padded() -> AsyncIterator[bytes]:
        yield b'{"actor": '
        async for chunk in in_chunks(MAX_BODY_BYTES - 2048):
            yield chunk
        yield b'"Lan"}'

    answer = await client.post(COMMAND, content=padded(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 202, answer.text


async def test_no_request_waits_for_a_thread(
    city: City, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(function: object, *_: object, **__: object) -> None:
        raise AssertionError(f"{function} would run in a thread")

    city.report("field-reports:1")
    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)
    day = "from=2024-04-16T00:00:00%2B07:00&to=2024-04-17T00:00:00%2B07:00"
    for path in (
        "/ready",
        "/figures",
        f"/figures/period?{day}",
        "/figures/live",
        "/incidents",
        "/groups",
        "/indicators",
    ):
        assert (await client.get(path)).status_code == 200, path
    assert (await client.post(COMMAND, json={})).status_code == 202


async def test_an_error_nobody_thought_of_tells_nothing_and_is_logged(
    city: City, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(city.model, "now", lambda: 1 / 0)
    answer = await client.get("/figures")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "zero" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert city.parts.metrics.requests.labels("GET", "/figures", "500")._value.get() == 1


async def test_no_answer_may_be_taken_for_another_type(client: httpx.AsyncClient) -> None:
    for path in ("/figures", "/metrics", "/live", "/nowhere", "/", "/screen/store.js"):
        assert (await client.get(path)).headers["x-content-type-options"] == "nosniff"


async def test_made_up_methods_make_no_new_series(client: httpx.AsyncClient) -> None:
    await client.request("FROB", "/figures")
    text = (await client.get("/metrics")).text
    assert "FROB" not in text
    assert 'method="other"' in text


def test_a_map_that_is_not_there_is_refused_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_MAP_GEOJSON", str(tmp_path / "none.json"))
    with pytest.raises(ValidationError, match="IOC_MAP_GEOJSON names no file"):
        ApiSettings()
