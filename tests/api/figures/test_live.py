"""What stands open now: counted as incidents come and go, for units with those below them, with deadlines ahead."""

from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.figures.live import open_now
from api.figures.scope import FigureScope
from api.figures.summary import figures, live
from api.read_model.index.entry import IndexEntry
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind
from ioc.core.times import DAY, HOUR, MINUTE, Instant, to_rfc3339
from ioc.incident.lifecycle import OPEN, EventType, State
from ioc.incident.severity import SEVERITIES
from tests.api.city import START, City

UNITS = ["ioc", "csgt", "cong-an-tp", "hepco", None]


def scanned(entries: Iterator[IndexEntry], now: Instant) -> dict[str, object]:
    """Return what `live` should tell, by looking at every open incident."""
    counts_now: Counter[str] = Counter(open=0, overdue=0, overdue_solutions=0, due_soon=0, unacknowledged=0, paused=0)
    severities, states = Counter(dict.fromkeys(SEVERITIES, 0)), Counter(dict.fromkeys(sorted(OPEN), 0))
    ahead: Counter[str] = Counter({"1h": 0, "24h": 0})
    by: dict[str, dict[str, Counter[str]]] = {"service": {}, "ward": {}, "unit": {}}
    for entry in entries:
        incident, late = entry.incident, entry.is_overdue(now)
        warn = entry.clock.warn if entry.clock is not None else None
        solution = next((clock for clock in incident.clocks if clock.target == "resolve"), None)
        counts_now.update(
            open=1,
            overdue=late,
            overdue_solutions=solution is not None and solution.due is not None and solution.due < now,
            due_soon=warn is not None and warn <= now and not late,
            unacknowledged=incident.state in (State.REPORTED, State.REOPENED),
            paused=incident.state is State.PAUSED,
        )
        for name, span in (("1h", HOUR), ("24h", DAY)):
            ahead[name] += entry.due is not None and now <= entry.due <= now + span
        severities[entry.severity] += 1
        states[incident.state] += 1
        for side, groups in by.items():
            code = getattr(incident, side)
            if code is not None:
                counts = groups.setdefault(code, Counter(open=0, overdue=0))
                counts.update(open=1, overdue=late)
                if side == "ward":
                    counts.update(critical=entry.severity == "critical")
    groups = {f"by_{side}": {code: dict(counts) for code, counts in by_code.items()} for side, by_code in by.items()}
    return {
        **counts_now,
        "due_within": dict(ahead),
        "by_severity": dict(severities),
        "by_state": dict(states),
        **groups,
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["field-reports", "health", "traffic-cameras"]),
        st.sampled_from("123456"),
        st.sampled_from([EventType.REPORTED, EventType.REPORTED, *EventType]),
        st.integers(0, 20 * HOUR),
        st.sampled_from(["normal", "urgent"]),
        st.sampled_from(UNITS),
        st.sampled_from(["19753", "19777", None]),
    ),
    min_size=5,
    max_size=40,
)
LEAST = {
    EventType.DIRECTED: {"units": ["pc-hue"]},
    EventType.MERGED: {"into": "field-reports:9"},
    EventType.RATED: {"score": 2},
}


def lived(city: City, steps: list[tuple[str, str, EventType, int, str, str | None, str | None]]) -> None:
    for service, subject, event_type, wait, priority, unit, ward in steps:
        city.pass_time(wait)
        data = LEAST.get(event_type, {})
        if event_type is EventType.REPORTED:
            data = {"service": service, "priority": priority, "unit": unit, "ward": ward}
        elif event_type is EventType.UPDATED:
            data = {"priority": priority, "ward": ward}
        elif event_type is EventType.ASSIGNED:
            data = {"unit": unit}
        city.happen(
            f"{service}:{subject}", event_type, **{name: value for name, value in data.items() if value is not None}
        )


@given(STEPS, st.lists(st.integers(-DAY, 3 * DAY), min_size=3, max_size=3), st.integers(0, 2))
def test_counts_kept_are_those_of_a_scan_at_any_moment(
    catalogue: Catalogue,
    steps: list[tuple[str, str, EventType, int, str, str | None, str | None]],
    at: list[int],
    removed: int,
) -> None:
    city = City(catalogue)
    lived(city, steps)
    for entry in list(city.model.open_entries())[:removed]:
        city.model.remove(entry.incident.id)
    for moment in at:
        now = city.now + moment
        assert live(city.model.counters(now)) == scanned(city.model.open_entries(), now)


@given(STEPS)
def test_what_stands_open_now_is_the_sum_of_all_that_came_and_went(
    catalogue: Catalogue, steps: list[tuple[str, str, EventType, int, str, str | None, str | None]]
) -> None:
    city = City(catalogue)
    lived(city, steps)
    city.pass_time(MINUTE)
    document = figures(city.model)
    tomorrow = sum_of_days(city.model, city.now + 2 * DAY)
    assert (document["live"]["open"], document["live"]["overdue_solutions"]) == (tomorrow["open"], tomorrow["overdue"])
    assert document["today"]["standing"] == tomorrow


def sum_of_days(model: ReadModel, end: Instant) -> Counter[str]:
    sums: Counter[str] = Counter(open=0, overdue=0)
    for (_, measure), count in model.aggregates.open_before(end).items():
        sums[measure] += count
    return sums


async def test_a_unit_is_told_with_those_below_it(client: httpx.AsyncClient, city: City) -> None:
    city.report("field-reports:1", unit="csgt")
    city.report("field-reports:2", unit="cong-an-tp")
    city.report("field-reports:3", unit="hepco")
    document = (await client.get("/figures/live", params={"by": "unit", "below": "true"})).json()
    assert {code: group["open"] for code, group in document["groups"].items()} == {
        "csgt": 1,
        "cong-an-tp": 2,
        "hepco": 1,
    }
    assert document["total"]["open"] == 3
    for path in ("/figures/live?", "/figures/period?view=today&"):
        alone = (await client.get(f"{path}unit=cong-an-tp")).json()["total"]
        below = (await client.get(f"{path}unit=cong-an-tp&below=true")).json()["total"]
        opened = [total.get("open", total.get("standing", {}).get("open")) for total in (alone, below)]
        assert opened == [1, 2], path


async def test_what_will_be_due_within_a_time_is_told(client: httpx.AsyncClient, city: City) -> None:
    for subject, hours in (("1", 1), ("2", 3), ("3", 30)):
        city.report(f"imported:{subject}", due={"resolve": to_rfc3339(START + hours * HOUR)}, ward=None)
    for within, count in (("59m", 0), ("1h", 1), ("3h", 2), ("30h", 3), ("2d", 3)):
        document = (await client.get("/figures/live", params={"within": within, "by": "ward"})).json()
        assert document["total"]["due_within"] == document["groups"][""]["due_within"] == count, within
    city.pass_time(2 * HOUR)
    document = (await client.get("/figures/live", params={"within": "1h"})).json()["total"]
    assert (document["due_within"], document["overdue"], document["overdue_solutions"]) == (1, 1, 1)


@pytest.mark.parametrize("within", ["soon", "", "-1h", "367d"])
async def test_a_time_that_is_none_is_a_fault(client: httpx.AsyncClient, within: str) -> None:
    answer = await client.get("/figures/live", params={"within": within})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["within"]


async def test_the_shift_is_told_since_it_began(client: httpx.AsyncClient, city: City) -> None:
    city.report("health:1")  # at 09:00
    city.pass_time(6 * HOUR)
    city.report("health:2")  # at 15:00
    document = (await client.get("/figures")).json()
    assert (document["shift"]["id"], document["shift"]["from"]) == ("afternoon", "2024-04-16T07:00:00.000Z")
    assert (
        document["today"]["received"],
        document["last_hour"]["received"],
        document["shift"]["figures"]["received"],
    ) == (2, 1, 1)
    by_view = [(await client.get(f"/figures/period?view={view}")).json() for view in ("today", "last_hour", "shift")]
    expected = [document["today"], document["last_hour"], document["shift"]["figures"]]
    assert [period["total"] for period in by_view] == expected


async def test_between_shifts_nobody_is_on_duty(client: httpx.AsyncClient, city: City, catalogue: Catalogue) -> None:
    city.model.catalogue = replace(catalogue, shifts=catalogue.shifts[1:])
    city.report("health:1")
    assert (await client.get("/figures")).json()["shift"] is None
    answer = await client.get("/figures/period?view=shift")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "view")


def test_a_clock_of_events_may_step_back(catalogue: Catalogue) -> None:
    city = City(catalogue, ClockKind.EVENT)
    city.report("field-reports:1", due={"resolve": to_rfc3339(START + HOUR)})
    moments = (START + 2 * HOUR, START, START + HOUR, START + HOUR + 1)
    assert [live(city.model.counters(now))["overdue"] for now in moments] == [1, 0, 0, 1]
    assert open_now(city.model, FigureScope(), 0)["total"]["open"] == 1
