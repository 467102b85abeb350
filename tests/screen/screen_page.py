"""The screen as a test meets it: opened, its tiles, its rows in the order seen."""

from __future__ import annotations

from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser
FIRST = "field-reports:PA-000001"
THIRD = "field-reports:PA-000003"
# The texts that are wider than their place.
OVERRUN = """() => [...document.querySelectorAll(
  '.row .left, .row .left *, .tile, .tile .label, .tile .note, ' +
  '.panel > header, .panel > header h2, .detail header div')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .map(e => e.textContent)"""


def tile(page: Any, name: str) -> Any:
    return page.locator(f"[data-tile={name}] .figure")


def row(page: Any, incident_id: str) -> Any:
    return page.locator(f".row[data-id='{incident_id}']")


def ids(page: Any) -> list[str]:
    """The ids in the order seen: rows are placed by their offset."""
    seen = page.locator(".row").evaluate_all("rows => rows.map(r => [r.getBoundingClientRect().top, r.dataset.id])")
    return [name for _, name in sorted(seen)]


def opened(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    expect(page.locator(".row").first).to_be_visible()
    return page
