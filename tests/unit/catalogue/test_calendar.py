"""The calendar's vectors, and its arithmetic against a clock that walks minute by minute."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.catalogue.calendar import Calendar, CalendarError, Frame, Pause
from ioc.core.times import HOUR, MINUTE, Instant, to_instant

HUE = "Asia/Ho_Chi_Minh"
OFFICE = [Frame(time(7, 30), time(11, 30)), Frame(time(13, 30), time(17))]
WEEK = dict.fromkeys(range(5), OFFICE)
HOLIDAYS = {
    date(2024, 4, 18): "Giỗ Tổ",
    date(2024, 4, 29): "bù",
    date(2024, 4, 30): "30/4",
    date(2024, 5, 1): "1/5",
}
TET = {date(2024, 2, day): "Tết" for day in range(8, 15)}
H = Calendar("H", HUE, WEEK, HOLIDAYS | TET, {date(2024, 5, 4): 0})
WITHOUT_SATURDAY = Calendar("H", HUE, WEEK, HOLIDAYS | TET)


def at(text: str, zone: str = HUE) -> Instant:
    return to_instant(datetime.fromisoformat(f"2024-{text}").replace(tzinfo=ZoneInfo(zone)))


def pauses(*spans: tuple[str, str]) -> list[Pause]:
    return [Pause(at(start), at(end)) for start, end in spans]


@pytest.mark.parametrize(
    ("vector", "start", "hours", "due"),
    [
        ("V1", "04-16 16:30", 2, "04-17 09:00"),
        ("V2", "04-17 16:30", 2, "04-19 09:00"),
        ("V3", "04-16 11:00", 1, "04-16 14:00"),
        ("V3b", "04-16 12:00", 1, "04-16 14:30"),
        ("V4", "04-16 13:30", 3.5, "04-16 17:00"),
        ("V5", "04-26 16:00", 8, "05-02 16:30"),
        ("V5b", "05-03 16:00", 8, "05-04 16:30"),
        ("V6", "04-20 10:00", 1, "04-22 08:30"),
        ("V12 warning", "04-16 08:00", 6.4, "04-16 16:24"),
        ("V12", "04-16 08:00", 8, "04-17 08:30"),
        ("V14", "02-07 16:30", 2, "02-15 09:00"),
    ],
)
def test_vector(vector: str, start: str, hours: float, due: str) -> None:
    assert H.add(at(start), round(hours * HOUR)) == at(due), vector


def test_v5b_without_the_worked_saturday() -> None:
    assert WITHOUT_SATURDAY.add(at("05-03 16:00"), 8 * HOUR) == at("05-06 16:30")


@pytest.mark.parametrize(
    ("start", "hours", "held", "due"),
    [
        ("04-16 08:00", 4, [("04-16 09:00", "04-17 09:00")], "04-17 14:00"),
        ("04-16 16:00", 2, [("04-16 17:30", "04-17 07:00")], "04-17 08:30"),
        ("04-16 08:00", 4, [("04-16 09:00", "04-16 10:00"), ("04-16 09:30", "04-16 10:30")], "04-16 15:30"),
    ],
    ids=["V7", "V8", "V9"],
)
def test_pauses(start: str, hours: int, held: list[tuple[str, str]], due: str) -> None:
    assert H.add(at(start), hours * HOUR, pauses(*held)) == at(due)


def test_v7_time_used() -> None:
    assert H.between(at("04-16 08:00"), at("04-17 10:00"), pauses(("04-16 09:00", "04-17 09:00"))) == 120 * MINUTE


def test_v13_never_closed() -> None:
    assert Calendar.always("247", HUE).add(at("04-30 23:30"), 2 * HOUR) == at("05-01 01:30")


def test_d1_d2_summer_time() -> None:
    zone = "America/New_York"
    desk = Calendar.always("247", zone)
    assert desk.add(at("03-09 22:00", zone), 6 * HOUR) == to_instant(datetime.fromisoformat("2024-03-10T05:00-04:00"))
    assert desk.add(at("11-02 22:00", zone), 6 * HOUR) == to_instant(datetime.fromisoformat("2024-11-03T03:00-05:00"))


@pytest.mark.parametrize(("day", "minutes"), [("03-31", 180), ("10-27", 300)])
def test_d3_summer_time_within_a_frame(day: str, minutes: int) -> None:
    zone = "Europe/Berlin"
    sundays = Calendar("Sunday", zone, {6: [Frame(time(1), time(5))]})
    assert sundays.between(at(f"{day} 00:00", zone), at(f"{day} 12:00", zone)) == minutes * MINUTE


def test_d4_no_moment_counts_twice_when_one_frame_ends_in_the_hour_that_is_left_out() -> None:
    zone = "Europe/Berlin"
    sundays = Calendar("Sunday", zone, {6: [Frame(time(1), time(2, 30)), Frame(time(3), time(5))]})
    assert sundays.between(at("03-31 00:00", zone), at("03-31 12:00", zone)) == 180 * MINUTE
    assert sundays.add(at("03-31 00:00", zone), 180 * MINUTE) == at("03-31 05:00", zone)


def test_p1_over_the_weekend() -> None:
    week = Calendar("P", HUE, {day: [Frame(time(8), time(18))] for day in range(5)})
    assert week.add(at("04-19 17:00"), 4 * HOUR) == at("04-22 11:00")


def test_skipped_names_the_holidays_jumped_over() -> None:
    assert [day.name for day in H.skipped(at("04-26 16:00"), at("05-02 16:30"))] == ["bù", "30/4", "1/5"]


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(CalendarError, match="no working time"):
        Calendar("empty", HUE, {})


MOMENTS = st.integers(at("04-10 00:00") // MINUTE, at("05-10 00:00") // MINUTE).map(lambda minute: minute * MINUTE)
SPANS = st.lists(st.tuples(MOMENTS, st.integers(0, 3000)), max_size=4).map(
    lambda spans: [Pause(start, start + length * MINUTE) for start, length in spans]
)


def walked(start: Instant, end: Instant, held: list[Pause]) -> int:
    def counts(minute: Instant) -> bool:
        local = datetime.fromtimestamp(minute / 1000, ZoneInfo(HUE))
        day = local.date()
        works = day == date(2024, 5, 4) or (local.weekday() < 5 and day not in HOLIDAYS)
        framed = any(frame.start <= local.time() < frame.end for frame in OFFICE)
        return works and framed and not any(pause.start <= minute < pause.end for pause in held)

    return sum(counts(minute) for minute in range(start, end, MINUTE)) * MINUTE


@settings(max_examples=30)
@given(MOMENTS, st.integers(0, 4000), SPANS)
def test_between_agrees_with_a_walk(start: Instant, minutes: int, held: list[Pause]) -> None:
    end = start + minutes * MINUTE
    assert H.between(start, end, held) == walked(start, end, held)


@given(MOMENTS, st.integers(1, 200 * HOUR), SPANS)
def test_what_is_added_is_what_lies_between(start: Instant, working: int, held: list[Pause]) -> None:
    assert H.between(start, H.add(start, working, held), held) == working


@given(MOMENTS, st.integers(0, 50 * HOUR), st.integers(0, 50 * HOUR))
def test_adding_twice_is_adding_the_sum(start: Instant, one: int, other: int) -> None:
    assert H.add(H.add(start, one), other) == H.add(start, one + other)
