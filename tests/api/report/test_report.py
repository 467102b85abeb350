"""The report: one page that asks nobody for anything, in two languages, and says what the figures say."""

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from string import Formatter
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from api.figures.periods import Period
from api.figures.scope import Dimension, FigureScope
from api.report.content import ReportContent, ReportRow
from api.report.language import ReportLanguage, ReportLocale
from api.report.page import render_report
from api.report.steps import PeriodSteps, StepWidth, previous_period, split_period
from api.report.words import EN, VI
from ioc.catalogue.city import Catalogue
from ioc.core.times import DAY, HOUR, MINUTE, Instant, parse_instant, to_rfc3339
from ioc.figures.aggregates import LEVELS
from ioc.figures.formulas import FORMULAS, PLAIN, TIMING_PARTS, Shape
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City

ZONE = "Asia/Ho_Chi_Minh"
TODAY = parse_instant("2024-04-16T00:00:00+07:00")


def a_day(city: City) -> None:
    """Two services, three units; one matter late and solved, one overdue and open, one taken to level 2."""
    late = {"resolve": to_rfc3339(START + HOUR)}
    city.report("field-reports:1", due=late, unit="hepco", title="<b>Cây đổ</b>")
    city.report("field-reports:2", due=late, unit="pc-hue")
    city.report("health:3", ward="19777", unit="so-y-te")
    city.report("field-reports:4", due=late, unit="hepco")
    city.pass_time(2 * HOUR)
    city.happen("field-reports:1", EventType.RESOLVED)
    city.happen("health:3", EventType.RESOLVED)
    city.happen("field-reports:2", EventType.ESCALATED, level=2)
    city.pass_time(MINUTE)


async def report(client: httpx.AsyncClient, start: Instant = TODAY, end: Instant = TODAY + DAY, **more: str) -> str:
    params = {"from": to_rfc3339(start), "to": to_rfc3339(end), **more}
    answer = await client.get("/figures/report", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def text_of(html: str) -> str:
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


async def test_the_main_results_are_told_in_both_languages(client: httpx.AsyncClient, city: City) -> None:
    a_day(city)
    vi, en = text_of(await report(client, lang="vi")), text_of(await report(client, lang="en"))
    assert "Trong kỳ tiếp nhận 4 sự việc, đã xử lý 2." in vi
    assert "Cuối kỳ còn tồn 2 việc, trong đó 2 quá hạn." in vi
    assert "In the period 4 matters were received, and 2 resolved." in en
    assert "Of 4 matters due, 25.0% were handled on time; 25.0% satisfactorily." in en
    assert "Công ty Môi trường và Công trình đô thị Huế (1)" in vi
    assert "Kỳ báo cáo chưa kết thúc" in vi
    assert "thời gian thực" in vi
    assert "EXAMPLE, not measured" in en


async def test_a_browser_may_load_nothing_and_hold_no_style_but_the_pages_own(
    client: httpx.AsyncClient, city: City
) -> None:
    a_day(city)
    answer = await client.get("/figures/report", params={"view": "today"})
    styles = re.findall(r"<style[^>]*>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(styles[0].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert len(styles) == 1
    assert not re.search(r"<script|<img|<!--|style=|@import|url\(", answer.text)
    addresses = set(re.findall(r"(?:https?:)?//[\w./-]+", answer.text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert answer.headers["cache-control"] == "no-store"


async def test_each_chart_is_a_drawing(client: httpx.AsyncClient, city: City) -> None:
    a_day(city)
    html = await report(client)
    drawings = [fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]
    assert [drawing.attrib["id"] for drawing in drawings] == [
        "chart-flow",
        "chart-standing",
        "chart-rates",
        "chart-overdue",
    ]
    words = {drawing.attrib["id"]: " ".join(drawing.itertext()) for drawing in drawings}
    assert "Phản ánh hiện trường: 0,0%" in words["chart-rates"]
    assert "Y tế thông minh: 100%" in words["chart-rates"]
    assert "Công ty Điện lực Huế: 1" in words["chart-overdue"]


async def test_of_one_unit_only_its_own_is_told(client: httpx.AsyncClient, city: City) -> None:
    a_day(city)
    text = text_of(await report(client, unit="so-y-te", lang="en"))
    assert "In the period 1 matters were received, and 1 resolved." in text
    assert "Unit : Sở Y tế" in text or "Unit Sở Y tế" in text
    above = text_of(await report(client, unit="ubnd-tp", below="true", lang="en"))
    assert "Ủy ban nhân dân thành phố Huế (with the units below it)" in above
    assert "In the period 1 matters were received" in above


async def test_an_empty_period_says_so(client: httpx.AsyncClient) -> None:
    text = text_of(await report(client, TODAY - 30 * DAY, TODAY - 29 * DAY))
    assert "Không có số liệu trong kỳ" in text


async def test_the_period_before_is_told_beside(client: httpx.AsyncClient, city: City) -> None:
    a_day(city)
    city.pass_time(DAY)
    city.report("health:9")
    city.pass_time(DAY)
    text = text_of(await report(client, TODAY + DAY, TODAY + 2 * DAY))
    assert "tiếp nhận 1 sự việc, giảm 75,0% so với kỳ trước" in text
    assert "kỳ trước: 4" in text


async def test_what_is_wrong_is_a_problem_as_everywhere(client: httpx.AsyncClient) -> None:
    for query, field in (
        ("view=today&lang=fr", "lang"),
        ("view=today&from=2024-04-16T00:00:00Z", "from"),
        ("from=2024-04-16T00:00:00Z", "to"),
    ):
        answer = await client.get(f"/figures/report?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    both = (await client.get("/figures/report")).json()["errors"]
    assert [fault["field"] for fault in both] == ["from", "to"]


async def test_it_has_no_words_of_what_was_reported(client: httpx.AsyncClient, city: City) -> None:
    a_day(city)
    assert "Cây đổ" not in await report(client)


def places(text: str) -> list[str | None]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    assert {name: places(text) for name, text in EN.items()} == {name: places(text) for name, text in VI.items()}
    assert not [name for name in EN if EN[name] == VI[name]]


def full(group: str) -> dict[str, Any]:
    """Return figures of a group of which none is zero."""
    parts = {**dict.fromkeys(TIMING_PARTS, 60.0), "count": 1}
    return {formula.name: parts if formula.shape is Shape.TIMING else 1 for formula in FORMULAS[group]}


def test_every_figure_of_every_group_has_its_place_on_the_page(catalogue: Catalogue) -> None:
    """Also of groups that were added to the table since. Levels are shown by their numbers."""
    figures = full(PLAIN) | {group: full(group) for group in FORMULAS if group != PLAIN}
    period = Period(TODAY, TODAY + DAY)
    course = PeriodSteps(StepWidth.DAY, [period])
    rows = {Dimension.SERVICE: [ReportRow("field-reports", figures)], Dimension.UNIT: [], Dimension.WARD: []}
    content = ReportContent(
        period, FigureScope(), START + DAY, START, False, False, figures, None, course, [figures], rows
    )
    html = render_report(content, catalogue, ReportLanguage.EN, "?lang=vi").html
    formulas = [
        formula for group, rows in FORMULAS.items() if group not in ("escalated_to", "raised_to") for formula in rows
    ]
    shown = {formula.en for formula in formulas}
    in_words = {formula.en for formula in FORMULAS["reduction"] if formula.name != "rate"}
    assert [name for name in shown - in_words if escape(name) not in html] == []
    assert all(f"<tr><th>{level}</th>" in html for level in LEVELS)


@pytest.mark.parametrize(
    ("lang", "number", "share", "seconds"),
    [
        (ReportLanguage.VI, "1.234.567", "93,1%", ["5 giây", "34 phút", "8,3 giờ", "47,9 giờ", "2,5 ngày"]),
        (ReportLanguage.EN, "1,234,567", "93.1%", ["5 s", "34 min", "8.3 h", "47.9 h", "2.5 days"]),
    ],
)
def test_numbers_are_written_as_the_language_does(
    lang: ReportLanguage, number: str, share: str, seconds: list[str]
) -> None:
    t = ReportLocale(lang, ZONE)
    assert (t.number(1_234_567), t.percent(0.9312), t.percent(1), t.number(None)) == (number, share, "100%", "—")
    assert [t.duration(duration) for duration in (5, 2040, 29_880, 172_400, 216_000)] == seconds
    assert t.percent(0.99996) != "100%"


@pytest.mark.parametrize(
    ("start", "end", "name", "earlier"),
    [
        ("2024-02-01", "2024-03-01", "Tháng 02/2024", "2024-01-01"),
        ("2024-01-01", "2025-01-01", "Năm 2024", "2023-01-01"),
        ("2024-04-01", "2024-07-01", "01/04/2024 - 30/06/2024", "2024-01-01"),
        ("2024-04-15", "2024-04-16", "15/04/2024", "2024-04-14"),
        ("2024-04-10", "2024-04-17", "10/04/2024 - 16/04/2024", "2024-04-03"),
    ],
)
def test_a_period_is_named_and_compared_as_people_do(start: str, end: str, name: str, earlier: str) -> None:
    first, last, previous = (parse_instant(f"{day}T00:00:00+07:00") for day in (start, end, earlier))
    period = Period(first, last)
    assert ReportLocale(ReportLanguage.VI, ZONE).period(period) == name
    assert previous_period(period, ZONE) == Period(previous, first)


def test_part_of_a_day_is_compared_with_the_same_hours_before() -> None:
    morning = Period(START, START + 3 * HOUR)
    assert previous_period(morning, ZONE) == Period(START - DAY, START + 3 * HOUR - DAY)
    assert ReportLocale(ReportLanguage.EN, ZONE).period(morning) == "09:00 - 12:00 16/04/2024"


@given(st.integers(3000 * 24 * 60, 9000 * 24 * 60), st.integers(1, 3660 * 24 * 60))
def test_steps_cover_a_period_once_and_fit_on_a_page(first: int, length: int) -> None:
    period = Period(first * MINUTE, (first + length) * MINUTE)
    steps = split_period(period, ZONE, period.end)
    assert steps.periods[0].start == period.start
    assert steps.periods[-1].end == period.end
    assert all(step.end == following.start for step, following in pairwise(steps.periods))
    assert all(step.start < step.end for step in steps.periods)
    assert len(steps.periods) <= 122
    local = [(step.start + 7 * HOUR) % DAY for step in steps.periods[1:]]
    assert steps.width is StepWidth.HOUR or not any(local)
