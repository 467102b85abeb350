"""Other cities' requests as events: what a file tells is what its incidents come to be, whatever the order."""

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
import pytest

from console.cities import chicago311
from console.cities.city_map import ImportedEvent, read_events
from console.cities.registry import CityName, map_of
from ioc.core.records import ClockKind, Record
from ioc.core.times import parse_instant
from ioc.incident.event import Event
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, essence

DATA = Path(__file__).parents[2] / "data"
SAMPLES = {
    CityName.BOSTON: DATA / "requests.csv",
    CityName.CHICAGO: DATA / "chicago311.json",
    CityName.LOS_ANGELES: DATA / "la311.csv",
}


def planned(city: CityName) -> list[ImportedEvent]:
    """Return all events of a city's sample in the order of time."""
    return sorted(read_events(map_of(city), SAMPLES[city]), key=lambda event: event.at)


def folded(events: list[ImportedEvent]) -> dict[str, Incident]:
    """Return the incidents that a partition makes of events, each brought in when it happened or later."""
    processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
    for offset, event in enumerate(events):
        changes = processor.fold([Record(offset, event.at, event.key, event.value)])
        assert changes.dead_letters == []
        processor.apply(changes)
    return processor.incidents


@pytest.mark.parametrize("city", CityName)
def test_every_event_is_read_and_none_is_another_again(city: CityName) -> None:
    events = [read_event(one.key, one.value) for one in planned(city)]
    assert all(isinstance(event, Event) for event in events)
    assert len({(event.source, event.id) for event in events if isinstance(event, Event)}) == len(events) > 10


@pytest.mark.parametrize("city", [CityName.CHICAGO, CityName.LOS_ANGELES])
def test_in_any_order_the_same_incidents(city: CityName) -> None:
    events = planned(city)
    expected = {incident_id: essence(one) for incident_id, one in folded(events).items()}
    for seed in range(5):
        Random(seed).shuffle(events)
        assert {incident_id: essence(one) for incident_id, one in folded(events).items()} == expected


def test_every_dated_note_of_chicago_is_on_its_incidents_history() -> None:
    incidents = folded(planned(CityName.CHICAGO))
    for row in chicago311.rows(SAMPLES[CityName.CHICAGO]):
        told = [(parse_instant(note["datetime"]), chicago311.words_of(note)) for note in row["notes"]]
        history = incidents[f"chicago311:{row['service_request_id']}"].history
        kept = [
            (one.time, msgspec.json.decode(one.data)["text"]) for one in history if one.source.endswith("chicago311")
        ]
        assert Counter(kept) == Counter(told)


def test_chicagos_duplicates_are_merged_into_what_they_repeat() -> None:
    incidents = folded(planned(CityName.CHICAGO))
    states = {incident_id[-1]: one.state for incident_id, one in incidents.items() if one.state is not State.PENDING}
    assert states == {"1": "resolved", "2": "merged", "3": "resolved", "4": "reported", "5": "merged"}
    assert incidents["chicago311:99-00000002"].parent == "chicago311:99-00000001"


def test_of_chicagos_two_zones_the_later_is_the_later() -> None:
    closed = folded(planned(CityName.CHICAGO))["chicago311:99-00000003"]
    assert closed.closed_at == parse_instant("2014-11-02T07:10:00Z") == closed.history[-1].time


def test_los_angeles_requests_end_as_the_city_says() -> None:
    states = Counter(one.state for one in folded(planned(CityName.LOS_ANGELES)).values())
    assert states == {State.RESOLVED: 25, State.CANCELLED: 2, State.REJECTED: 1, State.REPORTED: 1}


def test_los_angeles_midnight_is_twelve_and_so_is_its_noon() -> None:
    incidents = folded(planned(CityName.LOS_ANGELES))
    cancelled = incidents["la311:9-000000024"]
    assert cancelled.reported_at == parse_instant("2017-12-31T00:00:01-08:00")
    assert cancelled.closed_at == parse_instant("2017-12-31T12:00:00-08:00")
    assert all(one.clocks == () for one in incidents.values()), "the city sets no deadlines"
