"""Working time in any zone, against a calendar that walks from day to day and takes the pauses out of each."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.calendar import Calendar, Frame, Pause, Week
from ioc.core.times import DAY, HOUR, MINUTE, Instant, Millis, to_datetime, to_instant

# Each with changes of the clock of its own: none, by an hour, by half an hour, and over a whole day.
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
FIRST, LAST = date(2011, 12, 1), date(2012, 11, 30)
MIDNIGHT = time(0)


class Walk:
    """The days of a calendar one after another, each with its stretches of work; no sums, no tables."""

    def __init__(self, zone: str, week: Week, holidays: Iterable[date], workdays: dict[date, int]) -> None:
        self.zone = ZoneInfo(zone)
        self.week, self.holidays, self.workdays = week, frozenset(holidays), workdays

    def add(self, start: Instant, working: Millis, pauses: list[Pause]) -> Instant:
        """Return when so much has been worked."""
        for one, other in self._worked(start, pauses):
            if working <= other - one:
                return one + working
            working -= other - one
        raise AssertionError("work goes on")

    def between(self, start: Instant, end: Instant, pauses: list[Pause]) -> Millis:
        """Return how much is worked from one moment to another."""
        passed = 0
        for one, other in self._worked(start, pauses):
            if one >= end:
                break
            passed += min(other, end) - one
        return passed

    def _worked(self, start: Instant, pauses: list[Pause]) -> Iterator[tuple[Instant, Instant]]:
        """Yield what is worked from a moment on: no moment twice, though the clocks are put forward within a frame."""
        day = to_datetime(start).date() - timedelta(days=3)
        while True:
            for frame in self._frames(day):
                opens, closes = self._ends(day, frame)
                yield from _without(max(opens, start), closes, pauses)
                start = max(start, closes)
            day += timedelta(days=1)

    def _frames(self, day: date) -> Iterable[Frame]:
        if day in self.workdays:
            return sorted(self.week.get(self.workdays[day], ()))
        return () if day in self.holidays else sorted(self.week.get(day.weekday(), ()))

    def _ends(self, day: date, frame: Frame) -> tuple[Instant, Instant]:
        last = day if frame.end != MIDNIGHT else day + timedelta(days=1)
        opens, closes = datetime.combine(day, frame.start, self.zone), datetime.combine(last, frame.end, self.zone)
        return to_instant(opens), to_instant(closes)


def _without(start: Instant, end: Instant, pauses: list[Pause]) -> Iterator[tuple[Instant, Instant]]:
    """Yield what is left of a stretch: the pieces between the edges of pauses that lie in none of them."""
    edges = {start, end, *(edge for pause in pauses for edge in pause if start < edge < end)}
    for one, other in pairwise(sorted(edges)):
        if start <= one < end and not any(pause.start <= one < pause.end for pause in pauses):
            yield one, other


DAYS = st.dates(FIRST, LAST)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Draw up to three frames a day, one day at least."""
    week: dict[int, list[Frame]] = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        edges = sorted(draw(st.sets(TIMES, min_size=2, max_size=6)))
        frames = [Frame(one, other) for one, other in pairwise(edges) if draw(st.booleans())] or [Frame(*edges[:2])]
        if draw(st.booleans()):
            frames[-1] = Frame(frames[-1].start, MIDNIGHT)
        week[day] = frames
    return week


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, Walk]:
    """Draw a calendar, and the same one to be walked."""
    zone, week = draw(st.sampled_from(ZONES)), draw(weeks())
    holidays = dict.fromkeys(draw(st.sets(DAYS, max_size=9)), "off")
    workdays = draw(st.dictionaries(DAYS, st.sampled_from(sorted(week)), max_size=9))
    calendar = Calendar("drawn", zone, week, holidays, workdays)
    return calendar, Walk(zone, week, holidays, workdays)


# Most near the changes of the clock, where a mistake would be.
NEAR = [
    date(2011, 12, 30),
    date(2012, 3, 11),
    date(2012, 3, 25),
    date(2012, 4, 1),
    date(2012, 10, 7),
    date(2012, 10, 28),
]
MOMENTS = st.builds(
    lambda day, minute: to_instant(datetime.combine(day, MIDNIGHT, ZoneInfo("UTC"))) + minute * MINUTE,
    st.one_of(st.sampled_from(NEAR), DAYS),
    st.integers(-1440, 2880),
)
PAUSES = st.lists(
    st.builds(lambda start, length: Pause(start, start + length), MOMENTS, st.integers(-HOUR, 9 * DAY)), max_size=5
)


@given(cases(), MOMENTS, st.integers(1, 60 * HOUR), PAUSES)
def test_an_end_is_where_a_walk_comes_to(
    both: tuple[Calendar, Walk], start: Instant, working: Millis, pauses: list[Pause]
) -> None:
    calendar, walk = both
    assert calendar.add(start, working, pauses) == walk.add(start, working, pauses)


@given(cases(), MOMENTS, st.integers(-DAY, 40 * DAY), PAUSES)
def test_what_lies_between_is_what_a_walk_counts(
    both: tuple[Calendar, Walk], start: Instant, length: Millis, pauses: list[Pause]
) -> None:
    calendar, walk = both
    assert calendar.between(start, start + length, pauses) == walk.between(start, start + length, pauses)


@given(
    cases(), st.lists(st.tuples(st.integers(1990, 2030), MOMENTS, st.integers(1, 30 * HOUR)), min_size=2, max_size=6)
)
def test_years_laid_out_later_change_no_answer(
    both: tuple[Calendar, Walk], asked: list[tuple[int, Instant, Millis]]
) -> None:
    calendar, walk = both
    for year, moment, working in asked:
        start = moment + (year - 2012) * 365 * DAY
        assert calendar.add(start, working) == walk.add(start, working, [])
        assert calendar.between(start, start + 9 * DAY) == walk.between(start, start + 9 * DAY, [])
