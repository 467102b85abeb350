"""The days off of the shipped calendar, against a list that others keep: the package `holidays`."""

import re
from datetime import date, datetime

import holidays
import pytest

from ioc.core.times import HOUR
from tests.unit.samples import CITY, at

OFFICE = CITY.calendars["hanh-chinh"]
YEARS = range(2024, 2028)
LISTED = holidays.country_holidays("VN", years=YEARS, language="en_US")
# Decreed after some versions of the package were made.
DECREED_LATER = {date(2025, 5, 2), date(2026, 8, 31), date(2026, 11, 24), date(2027, 11, 24)}
# In no version of the package (0.109 is the latest that was looked at), with the decree that says otherwise.
DECREED_UNLISTED = {date(2026, 1, 2): "Official Dispatch 12729/VPCP-KGVX of 25 December 2025"}
SUBSTITUTED = re.compile(r"Day off \(substituted from (\d\d/\d\d/\d{4})\)")


def substituted() -> dict[date, date]:
    """Return the days off that are worked on another day, and that day."""
    found = {day: SUBSTITUTED.fullmatch(name) for day, name in OFFICE.holidays.items()}
    return {day: datetime.strptime(match[1] + "+0700", "%m/%d/%Y%z").date() for day, match in found.items() if match}


@pytest.mark.parametrize("year", YEARS)
def test_the_days_off_of_a_year_are_the_listed_ones(year: int) -> None:
    listed = {day: name for day, name in LISTED.items() if day.year == year}
    ours = {day: name for day, name in OFFICE.holidays.items() if day.year == year}
    assert listed, "the package knows the year"
    unlisted = (DECREED_LATER | DECREED_UNLISTED.keys()) - listed.keys()
    assert {day: name for day, name in ours.items() if day not in unlisted} == listed


def test_what_no_list_has_is_off_by_its_decree() -> None:
    assert DECREED_UNLISTED.keys() <= OFFICE.holidays.keys()


def test_what_is_substituted_is_worked_on_the_day_its_name_gives_and_on_no_other() -> None:
    assert len(substituted()) >= 4
    assert sorted(substituted().values()) == sorted(OFFICE.workdays)


def test_the_listed_make_up_days_are_worked() -> None:
    listed = {day for day in LISTED.weekend_workdays if day.year in YEARS}
    assert listed
    assert listed <= OFFICE.workdays.keys()


@pytest.mark.parametrize("off", substituted(), ids=str)
def test_a_substituted_day_is_exchanged_hour_for_hour(off: date) -> None:
    """A weekday is off, and the weekend day that makes up for it has its hours: those of that very weekday."""
    worked = substituted()[off]
    assert off.weekday() < 5 <= worked.weekday()
    assert OFFICE.workdays[worked] == off.weekday()
    hours = [OFFICE.between(at(f"{day} 00:00"), at(f"{day} 23:59")) for day in (off, worked)]
    assert hours == [0, 7.5 * HOUR]


def test_no_day_is_both_off_and_made_up() -> None:
    assert not OFFICE.holidays.keys() & OFFICE.workdays.keys()
