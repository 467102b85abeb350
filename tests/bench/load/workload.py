"""What all benchmarks of the streams fold: a stormy day of many cities side by side, all of it in the last 24 hours.

One city's day is drawn by the simulation (`console/simulate`); each further city is a copy of it, told apart by its
subjects, moved on the map so that duplicates meet only within a city, and a few minutes earlier than the one before, so
that the cities do not do the same at the same moment. The same number of cities is the same load, but for the hour.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from msgspec import Struct

from console.publisher import KeyedValue
from console.simulate.days import days
from console.simulate.planned_records import PlannedRecord
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.times import HOUR, MINUTE, SECOND, Instant, Millis, parse_instant, to_instant, to_rfc3339
from ioc.core.topics import Topic

STORM, SEED = date(2025, 10, 27), 1
# The storm has passed by eight in the evening.
LENGTH, UNTIL = 22 * HOUR, timedelta(hours=20)
# How much earlier each city is than the one before, and within how long all of them lie.
_APART, _SPREAD = 7 * MINUTE + 13 * SECOND, 2 * HOUR
# Degrees between the cities, which stand in rows on the map.
_STEP, _ROW = 2.0, 40
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?=Z)")
_PLACE = re.compile(rb'"lat":(-?[\d.]+),"lon":(-?[\d.]+)')


class _Drawn(Struct, frozen=True):
    """A record of the one city that was drawn; `before` is how long (ms) before the day's end it is sent."""

    before: Millis
    key: bytes
    value: bytes
    times: tuple[tuple[bytes, Millis], ...]
    place: tuple[bytes, float, float] | None

    def of_city(self, city: int, until: Instant) -> KeyedValue:
        """Return the record as a city has it whose day ends at `until` (ms)."""
        value = self.value
        for text, before in self.times:
            value = value.replace(text, to_rfc3339(until - before)[:-1].encode())
        if city == 0:
            return self.key, value
        slug, _, number = self.key.partition(b":")
        if self.place is not None:
            value = value.replace(self.place[0], _moved(city, *self.place[1:]))
        own = subject(number, city)
        return slug + b":" + own, value.replace(b'"' + number, b'"' + own)


def subject(number: bytes, city: int) -> bytes:
    """Return what a city calls the subject that the first one calls `number`."""
    return b"%sc%d" % (number, city) if city else number


def size(topic: Topic = Topic.EVENTS) -> int:
    """Return how many records a city has on a topic."""
    return len(_day(topic))


def records(cities: int, until: Instant, topic: Topic = Topic.EVENTS) -> Iterator[KeyedValue]:
    """Yield the day's records of so many cities on a topic, in the order in which they are sent; it ends at `until`."""
    day = _day(topic)
    early = [city * _APART % _SPREAD for city in range(cities)]
    sent = sorted((one.before + early[city], city, n) for n, one in enumerate(day) for city in range(cities))
    for _, city, n in sorted(sent, key=lambda one: -one[0]):
        yield day[n].of_city(city, until - early[city])


def catalogue_with_sensors(cities: int, folder: Path) -> Path:
    """Return a folder with the files of the catalogue, in which every city has its sensors."""
    made = Path(shutil.copytree(hue_folder(), folder / "catalogue"))
    document = yaml.safe_load((made / "indicators.yml").read_text())
    drawn = document["sensors"]
    document["sensors"] = [_sensor(one, city) for city in range(cities) for one in drawn]
    (made / "indicators.yml").write_text(yaml.safe_dump(document, allow_unicode=True))
    return made


def _sensor(drawn: dict[str, object], city: int) -> dict[str, object]:
    slug, _, number = str(drawn["id"]).partition(":")
    return {**drawn, "id": f"{slug}:{subject(number.encode(), city).decode()}"}


@cache
def _day(topic: Topic) -> list[_Drawn]:
    """Return the records of the one city that is drawn; what was begun before its day begins is left out."""
    catalogue = load_catalogue(hue_folder())
    end = to_instant(datetime(STORM.year, STORM.month, STORM.day, tzinfo=ZoneInfo(catalogue.zone)) + UNTIL)
    earlier: set[bytes] = set()
    day: list[_Drawn] = []
    for one in days(catalogue, STORM, SEED):
        if one.at >= end:
            return day
        if one.at < end - LENGTH and topic is Topic.EVENTS:
            earlier.add(one.key)
        elif one.topic is topic and one.at >= end - LENGTH and one.key not in earlier:
            day.append(_drawn(one, end))
    raise AssertionError("the simulation goes on for ever")


def _drawn(one: PlannedRecord, end: Instant) -> _Drawn:
    texts = dict.fromkeys(_TIME.findall(one.value))
    times = tuple((text, end - parse_instant(text.decode() + "Z")) for text in texts)
    found = _PLACE.search(one.value)
    place = (found[0], float(found[1]), float(found[2])) if found else None
    return _Drawn(end - one.at, one.key, one.value, times, place)


def _moved(city: int, lat: float, lon: float) -> bytes:
    row, column = divmod(city, _ROW)
    return b'"lat":%.5f,"lon":%.5f' % (lat - row * _STEP, lon - column * _STEP)
