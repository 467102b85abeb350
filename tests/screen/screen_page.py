"""Helpers for tests of the screen in a browser: open it, find tiles and rows, read the rows in their visual order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW
from tests.screen.script import stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser
FIRST = "field-reports:PA-000001"
SECOND = "field-reports:PA-000002"
THIRD = "field-reports:PA-000003"
# Returns the texts that are wider than their elements.
OVERFLOWING = """() => [...document.querySelectorAll(
  '.row .left, .row .left *, .tile, .tile .label, .tile .note, ' +
  '.panel > header, .panel > header h2, .detail header div')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .map(e => e.textContent)"""


def tile(page: Any, name: str) -> Any:
    return page.locator(f"[data-tile={name}] .figure")


def row(page: Any, incident_id: str) -> Any:
    return page.locator(f".row[data-id='{incident_id}']")


def row_ids(page: Any) -> list[str]:
    """Return the ids from top to bottom: rows are placed by their offset."""
    offsets = page.locator(".row").evaluate_all("rows => rows.map(r => [r.getBoundingClientRect().top, r.dataset.id])")
    return [name for _, name in sorted(offsets)]


def open_screen(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    expect(page.locator(".row").first).to_be_visible()
    return page


def at(minutes: int) -> str:
    """Return the instant some minutes after the script's now, as the API writes it."""
    return stamp(NOW + timedelta(minutes=minutes))


def open_detail(page: Any, address: str, incident_id: str = FIRST) -> Any:
    """Open the screen and the detail of an incident."""
    open_screen(page, address)
    row(page, incident_id).click()
    detail = page.locator(".detail")
    expect(detail.locator("header code")).to_have_text(incident_id)
    return detail
