"""The report in a real browser, as it is shown and as it is printed on A4, under its own strict policy."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from tests.api.city import City
from tests.api.report.test_report import a_day
from tests.city import free_port

pytestmark = pytest.mark.browser
# The text of an A4 page between its margins, in CSS pixels.
WIDE, HIGH = 688, 994


@pytest.fixture(scope="module")
def report_url() -> Iterator[str]:
    """Serve the report of a day with matters of several services and units."""
    city = City(load_catalogue(hue_folder()))
    a_day(city)
    server = uvicorn.Server(uvicorn.Config(city.api, port=free_port(), log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    give_up = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < give_up
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.config.port}/figures/report?view=today"
    server.should_exit = True
    thread.join()


@pytest.fixture(params=["vi", "en"])
def printed(request: pytest.FixtureRequest, chromium: Any, report_url: str) -> Iterator[Any]:
    """Give the page as it is printed; it fails on any console error, and when anything but itself was asked for."""
    faults: list[str] = []
    urls: list[str] = []
    context = chromium.new_context(viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: urls.append(sent.url))
    page.emulate_media(media="print")
    page.goto(f"{report_url}&lang={request.param}")
    yield page
    context.close()
    assert faults == []
    assert [url for url in urls if not url.startswith(("data:", report_url))] == []
    assert len([url for url in urls if url.startswith(report_url)]) == 1


def test_it_fits_the_page_and_its_summary_the_first_one(printed: Any) -> None:
    assert printed.evaluate("document.documentElement.scrollWidth") <= WIDE
    bottoms = printed.evaluate(
        "[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 4
    assert bottoms[1] <= HIGH, "both charts of the course belong on the first page"


def test_the_charts_are_drawn_in_the_reports_own_colours(printed: Any) -> None:
    script = "id => getComputedStyle(document.querySelector(`#chart-${id} .series rect`)).fill"
    assert printed.evaluate(script, "flow") == "rgb(31, 78, 121)"
    assert printed.evaluate(script, "overdue") == "rgb(179, 84, 30)"
    spans = printed.evaluate(
        "[...document.querySelectorAll('svg')].map(one => { const box = one.getBoundingClientRect();"
        " return [...one.querySelectorAll('text')].every(text => { const t = text.getBoundingClientRect();"
        " return t.left >= box.left - 1 && t.right <= box.right + 1 && t.bottom <= box.bottom + 1; }); })"
    )
    assert spans == [True] * 4, "no label is cut off"


def test_it_is_printed_as_pages_with_a_place_to_sign(printed: Any) -> None:
    assert printed.locator(".screen").is_hidden()
    assert printed.locator(".signatures").is_visible()
    pdf = printed.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 6
