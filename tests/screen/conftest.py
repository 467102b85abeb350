"""A browser for the screen, and a scripted API behind it; skipped with a reason where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.screen.script import Script, stamp
from tests.screen.scripted_api import serve

NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
WARDS = [("19753", "Phường Phú Xuân"), ("19774", "Phường Kim Long")]
SERVICES = [
    ("field-reports", "Phản ánh hiện trường", "Field reports"),
    ("flood-rain", "Mưa và ngập lụt", "Rain and flooding"),
]
COMMANDS = {
    "reported": ["acknowledge", "assign", "shelve"],
    "acknowledged": ["assign", "start"],
    "in_progress": ["pause", "resolve", "direct", "update", "shelve", "merge"],
    "resolved": ["reopen", "rate"],
}


def incident(number: int, **changes: Any) -> dict[str, Any]:
    """Return the row of an incident, with the fields that a test changes."""
    reported = NOW - timedelta(minutes=60 + number)
    return {
        "id": f"field-reports:PA-{number:06d}",
        "state": "in_progress",
        "service": "field-reports",
        "category": "trees",
        "priority": "normal",
        "severity": "medium",
        "title": f"Sự việc số {number}",
        "unit": "so-xay-dung",
        "ward": "19753",
        "lat": 16.47,
        "lon": 107.58,
        "address": None,
        "reported_at": stamp(reported),
        "updated_at": stamp(reported),
        "closed_at": None,
        "due": stamp(NOW + timedelta(hours=1, minutes=number)),
        "due_target": "resolve",
        "warn_at": None,
        "overdue": False,
        "paused": False,
        "level": 0,
        "on_time": None,
        "reopened": 0,
        "rating": None,
        "assignee": None,
        "shelved_until": None,
        "shelved_by": None,
        "lapses": 0,
        "parent": None,
        "outcome": None,
        "proposed": None,
        "children": 0,
        "maintenance": None,
        "units": [],
        "directives_given": 0,
        "directives_open": 0,
        "directive_due": None,
        "version": 1,
    } | changes


def figures(**live: Any) -> dict[str, Any]:
    """Return the figures of a snapshot, with the live counts that a test changes."""
    span = {"count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "p99_s": None, "error": 0.01}
    sums = {
        "received": 31,
        "resolved": 17,
        "on_time": 16,
        "late": 1,
        "on_time_rate": 0.9412,
        "satisfaction_rate": None,
        "reopened": 0,
        "escalated": 0,
        "handling": span,
        "acknowledge": span,
    }
    empty = {
        "open": 0,
        "overdue": 0,
        "due_soon": 0,
        "unacknowledged": 0,
        "paused": 0,
        "by_severity": {},
        "by_state": {},
        "by_service": {},
        "by_ward": {},
        "by_unit": {},
    }
    trend = {"step_s": 900, "from": stamp(NOW - timedelta(days=1)), "received": [1] * 96, "resolved": [0] * 96}
    return {
        "as_of": stamp(NOW),
        "clock": "wall",
        "speed": 1.0,
        "live": empty | live,
        "today": sums,
        "last_hour": sums,
        "trend": trend,
    }


def catalogue() -> dict[str, Any]:
    """Return a small catalogue as GET /catalogue returns it."""
    return {
        "services": [{"code": code, "name_vi": vi, "name_en": en, "unit": None} for code, vi, en in SERVICES],
        "units": [
            {"code": "so-xay-dung", "name": "Sở Xây dựng", "parent": None},
            {"code": "so-y-te", "name": "Sở Y tế", "parent": None},
        ],
        "causes": [
            {"id": "storm", "name_vi": "Mưa bão", "name_en": "Storm", "matters": {"field-reports": ["trees", "power"]}}
        ],
        "wards": [
            {"code": code, "name": name, "lat": 16.4785, "lon": 107.5772, "area_km2": 10.36} for code, name in WARDS
        ],
        "commands": COMMANDS,
    }


@pytest.fixture
def script() -> Script:
    script = Script(
        NOW, catalogue(), figures(open=5, overdue=2, due_soon=3, unacknowledged=1, by_severity={"critical": 4})
    )
    for number in range(1, 6):
        row = incident(number)
        script.rows[row["id"]] = row
    return script


@pytest.fixture
def screen_url(script: Script) -> Iterator[str]:
    with serve(script) as address:
        yield address


# Of one module only: while Playwright runs no other test can run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine: the screen's browser tests need one")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, screen_url: str) -> Iterator[Any]:
    """A page that fails its test on any console error, and on any request that leaves the server."""
    faults: list[str] = []
    context = chromium.new_context(
        viewport={"width": 1920, "height": 1080}, locale="en-US", timezone_id="America/New_York"
    )
    page = context.new_page()
    page.faults = faults
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(screen_url) else faults.append(f"left the server: {request.url}")
        ),
    )
    yield page
    context.close()
    assert not faults
