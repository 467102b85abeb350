"""The simulated city: the same from the same seed, every service and ward in it, its storm, and its mishaps."""

from collections import Counter
from datetime import date
from itertools import takewhile

import pytest

from console.simulate.days import days
from console.simulate.planned_records import PlannedRecord
from console.simulate.reports import committees
from console.simulate.scene import scene
from console.simulate.weather import HEIGHT, PASSES, storm
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason
from ioc.core.scalars import Priority
from ioc.core.times import HOUR, Instant
from ioc.core.topics import Topic
from ioc.figures import formulas
from ioc.figures.aggregates import Measure, WindowSize
from ioc.figures.sums import Sums
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.incident.lifecycle import EventType, State
from ioc.incident.payloads import DECODE
from ioc.incident.state import Incident
from ioc.office_records.records import Act
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.sensors import SensorProcessor as Sensors
from ioc.processors.serde import encode
from tests.unit.processor_pair import ProcessorPair
from tests.unit.samples import CITY, LEADERS, at

FIRST = date(2025, 10, 27)
EVE, NOON, NIGHT = at("2025-10-26 00:00"), at("2025-10-27 12:00"), at("2025-10-28 00:00")


def played(seed: int = 1, until: Instant = NIGHT) -> list[PlannedRecord]:
    return list(takewhile(lambda one: one.at < until, days(CITY, FIRST, seed, LEADERS)))


def records(topic: Topic, until: Instant = NIGHT) -> list[Record]:
    sent = (one for one in played(until=until) if one.topic is topic)
    return [Record(offset, one.at, one.key, one.value) for offset, one in enumerate(sent)]


@pytest.fixture(scope="module")
def folded() -> IncidentChangeSet:
    processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
    return processor.fold(records(Topic.EVENTS))


@pytest.fixture(scope="module")
def incidents(folded: IncidentChangeSet) -> list[Incident]:
    return [one for one in folded.incidents.values() if one.state is not State.PENDING]


def test_a_seed_gives_the_same_city_again_and_another_seed_another() -> None:
    assert played() == played()
    assert played() != played(seed=2)


def test_records_are_sent_in_the_order_of_time() -> None:
    sent = [one.at for one in played()]
    assert sent == sorted(sent)
    assert sent[0] >= EVE


def test_all_services_of_the_city_report_from_all_its_wards(incidents: list[Incident]) -> None:
    assert {one.service for one in incidents} == {code for code, one in CITY.services.items() if not one.external}
    assert {one.ward for one in incidents} == set(CITY.wards)


def test_people_report_and_who_they_are_is_kept_apart(folded: IncidentChangeSet) -> None:
    written = {one.key.decode() for one in folded.outbox if one.topic is Topic.REPORTERS}
    reported = {incident_id for incident_id, one in folded.incidents.items() if one.state is not State.PENDING}
    assert written == {
        incident_id for incident_id in reported if incident_id.startswith(("field-reports:", "one-stop-shop:"))
    }
    assert not any(b"m\xe1\xba\xabu" in encode(one) for one in folded.incidents.values())


def test_every_category_of_the_scene_is_one_of_its_service() -> None:
    for source in scene().services:
        known = {category.code for category in CITY.services[source.code].categories}
        known |= {one.code for one in CITY.procedures.values() if one.service == source.code}
        assert {kind.category for kind in source.kinds} <= known


def test_every_ward_has_its_committee() -> None:
    assert set(committees(CITY).values()) <= set(CITY.units)


def test_the_storm_brings_many_reports_and_urgent_ones(incidents: list[Incident]) -> None:
    def between(start: int, end: int) -> list[Incident]:
        return [one for one in incidents if NOON + start * HOUR <= one.reported_at < NOON + end * HOUR]

    calm, stormy = between(-3, 0), between(2, 5)
    assert len(stormy) > 2 * len(calm)
    urgent = [sum(one.priority is Priority.URGENT for one in some) / len(some) for some in (calm, stormy)]
    assert urgent[1] > 2 * urgent[0]


def test_the_storm_breaks_fast_and_passes_slowly() -> None:
    assert storm(0) == storm(14 * HOUR) == storm(PASSES) == 0
    assert storm(HEIGHT) == 1
    assert storm(15 * HOUR) > storm(18 * HOUR)


def test_what_goes_wrong_on_the_way_is_refused_for_the_right_reasons(folded: IncidentChangeSet) -> None:
    reasons = Counter(letter.rejection.reason for letter in folded.dead_letters)
    assert {Reason.NOT_JSON, Reason.INVALID, Reason.UNKNOWN_TYPE} <= reasons.keys()
    assert reasons.keys() <= {
        Reason.NOT_JSON,
        Reason.NOT_UTF8,
        Reason.INVALID,
        Reason.UNKNOWN_TYPE,
        Reason.ILLEGAL_MOVE,
        Reason.UNKNOWN_DIRECTIVE,  # an answer that came before its directive
    }
    assert sum(reasons.values()) < len(played()) / 100


def test_in_the_storm_some_matters_are_put_aside_for_a_while(incidents: list[Incident]) -> None:
    shelved = [entry for one in incidents for entry in one.history if entry.event_type is EventType.SHELVED]
    assert len(shelved) > 3
    assert {entry.refused for entry in shelved} <= {None, Reason.ILLEGAL_MOVE}


def test_most_matters_are_settled_in_time_and_some_are_not(incidents: list[Incident]) -> None:
    settled = Counter(one.on_time for one in incidents if one.state is State.RESOLVED)
    assert 0.85 < settled[True] / settled.total() < 0.99


@pytest.fixture(scope="module")
def told() -> list[tuple[str, EventType, Instant]]:
    """What the sensors' fold tells of the eve and the day of the storm: incident, move and time."""
    processor = Sensors(0, CITY, ClockKind.EVENT)
    changes = processor.fold(records(Topic.INDICATORS))
    reasons = {letter.rejection.reason for letter in changes.dead_letters}
    assert reasons <= {Reason.NOT_JSON, Reason.NOT_UTF8, Reason.INVALID, Reason.UNKNOWN_TYPE}
    sent = [read_event(one.key, one.value, one.headers) for one in changes.outbox]
    return [(one.incident, one.event_type, one.time) for one in sent if isinstance(one, Event)]


def test_every_kind_of_indicator_is_measured_in_the_simulated_city() -> None:
    assert scene().sensors.keys() == CITY.indicators.keys()
    measured = {one.key.decode() for one in played() if one.topic is Topic.INDICATORS}
    assert measured == CITY.sensors.keys()


def test_on_the_calm_eve_no_sensor_has_anything_to_tell(told: list[tuple[str, EventType, Instant]]) -> None:
    assert [one for one in told if one[2] < at("2025-10-27 14:00")] == []


def test_the_river_rises_with_the_storm_and_falls_after_it(told: list[tuple[str, EventType, Instant]]) -> None:
    river = [(event_type, time) for incident, event_type, time in told if incident == "river-stations:kim-long:1"]
    moves = [event_type for event_type, _ in river]
    assert moves == [EventType.REPORTED, *[EventType.UPDATED] * 4, EventType.RESOLVED], (
        "three levels up, and down again"
    )
    assert at("2025-10-27 14:30") < river[0][1] < at("2025-10-27 15:30")
    assert at("2025-10-27 18:30") < river[-1][1] < NIGHT


def test_one_sensor_falls_silent_in_the_storm_and_speaks_again(told: list[tuple[str, EventType, Instant]]) -> None:
    silent = [(incident, event_type) for incident, event_type, _ in told if "silent" in incident]
    gauge = "rain-gauges:nam-dong:silent-1"
    assert silent == [(gauge, EventType.REPORTED), (gauge, EventType.RESOLVED)]


def test_of_most_services_that_have_sensors_one_tells_of_the_storm(told: list[tuple[str, EventType, Instant]]) -> None:
    opened = {incident.rpartition(":")[0] for incident, event_type, _ in told if event_type is EventType.REPORTED}
    services = {CITY.sensors[sensor_id].indicator.service for sensor_id in opened}
    assert len(services) >= 5
    assert len([one for one in told if one[1] is EventType.REPORTED]) < 40, "no sensor flutters"


@pytest.fixture(scope="module")
def sums(folded: IncidentChangeSet) -> Sums:
    """Return what a whole day makes of the registers and dossiers."""
    found = Sums()
    for cell, window in folded.aggregates.items():
        if cell.span is WindowSize.DAY:
            found.add_window(cell.service, window)
    return found


def test_a_day_at_the_counters_has_its_queues(sums: Sums, folded: IncidentChangeSet) -> None:
    tickets = formulas.figures_of(sums)["tickets"]
    assert 300 < tickets["issued"] < 600
    assert tickets["served"] + tickets["left"] == tickets["issued"], "at night nobody waits any more"
    assert 0 < tickets["left_rate"] < 0.2
    assert 60 < tickets["waiting"]["p50_s"] < 1200 < tickets["waiting"]["p99_s"] < 2 * 3600
    assert 5 * 60 < tickets["serving"]["mean_s"] < 25 * 60
    units = {cell.unit for cell, window in folded.aggregates.items() if window.count(Measure.TICKETS)}
    assert units == {counter.unit for counter in scene().counters}


def test_desks_serve_one_at_a_time(folded: IncidentChangeSet) -> None:
    tickets = [item.stamps for item in folded.items.values() if item is not None and Act.SERVED in item.stamps]
    for counter in scene().counters:
        spans = [
            (one[Act.CALLED].time, one[Act.SERVED].time) for one in tickets if one[Act.ISSUED].unit == counter.unit
        ]
        busiest = max(sum(called <= start < served for called, served in spans) for start, _ in spans)
        assert 1 < busiest <= counter.desks


def test_nearly_all_letters_are_signed_and_most_people_are_content(sums: Sums) -> None:
    found = formulas.figures_of(sums)
    assert found["documents"]["sent"] > 20
    assert 0.9 < found["documents"]["signed_rate"] <= 1
    assert found["surveys"]["answers"] > 50
    assert 0.85 < found["surveys"]["satisfaction_rate"] <= 1


def test_dossiers_come_online_and_to_the_counter_for_procedures_of_both_levels(sums: Sums) -> None:
    online = formulas.figures_of(sums)["online"]
    assert online["dossiers"] > 50
    assert 0.2 < online["online_rate"] < 0.8
    assert online["full"] > 0
    assert online["partial"] > 0


def test_every_answered_dossier_shows_its_result(incidents: list[Incident]) -> None:
    answered = [one for one in incidents if one.dossier is not None and one.state is State.RESOLVED]
    assert answered
    for one in answered:
        shown = [e for entry in one.history for e in DECODE[entry.event_type](entry.data).evidence]
        assert any(each.public for each in shown), one.id


def test_the_storm_brings_directives_that_units_answer_in_time_late_and_not(incidents: list[Incident]) -> None:
    given = [one for incident in incidents for one in incident.directives]
    assert {one.by for one in given} == {"ubnd-tp"}
    answers = Counter(one.on_time(answer) for one in given for answer in one.answers)
    assert answers.total() > 2 * len(given)
    assert answers.keys() == {True, False, None}
    urgent = [one for one in incidents if one.priority is Priority.URGENT]
    assert all(len(one.units) > 1 for one in urgent), "several units take part in what is urgent"


def test_what_was_urgent_is_lowered_by_somebody_who_says_why(folded: IncidentChangeSet) -> None:
    lowered = [fact for fact in folded.facts if fact.kind is FactKind.LOWERED]
    assert lowered
    assert not any(letter.rejection.reason is Reason.LOWERED_SILENTLY for letter in folded.dead_letters)


def test_without_the_leaders_key_there_are_no_directives() -> None:
    some = takewhile(lambda one: one.at < NIGHT, days(CITY, FIRST, 1))
    assert not any(b"incident.directed" in one.value for one in some)


def test_in_the_storm_some_matters_are_reported_again_and_again() -> None:
    centre = ProcessorPair(partitions=2)
    for one in played():
        if one.topic is Topic.EVENTS:
            centre.append(Topic.EVENTS, one.key, one.value, one.at)
            centre.deliver_all()
    merged = Counter(one.parent for one in centre.incidents.values() if one.state is State.MERGED)
    assert sum(count > 5 for count in merged.values()) >= 5
    illegal = [one for one in centre.refused if one.rejection.reason is Reason.ILLEGAL_MOVE]
    assert illegal == [], "nothing is done about what was merged"
