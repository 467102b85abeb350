"""Bookings: how they are read and refused, and how long their items are kept."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from ioc.core.records import ClockKind
from ioc.core.rejections import Reason, Rejection
from ioc.core.times import DAY, MINUTE
from ioc.core.topics import Topic
from ioc.figures.aggregates import Measure
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.office_records.records import Act, Booking
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.serde import encode
from tests.unit.office_records.visits import NOW, a_visit, day
from tests.unit.samples import CITY, SHOP, booking_record, processor_of, record


def read(value: dict[str, Any], key: bytes = b"one-stop-shop:A-001") -> Event | Booking | Rejection:
    event = msgspec.json.decode(booking_record(Act.ANSWERED, NOW).value or b"")
    found = read_event(key, msgspec.json.encode({**event, **value}))
    assert isinstance(found, Event | Booking | Rejection)
    return found


def faults(found: object) -> set[str]:
    assert isinstance(found, Rejection), found
    return {fault.field for fault in found.errors}


def test_all_faults_of_a_booking_are_named_at_once() -> None:
    found = read({"id": "", "time": "2026-04-14T08:00:00", "data": {"score": 6, "unit": ""}}, key=b"another")
    assert faults(found) == {"id", "time", "key", "data.service", "data.score", "data.unit"}
    assert faults(read({"data": {**SHOP}})) == {"data"}
    assert faults(read({}, key=b"another")) == {"key"}


def test_an_unknown_act_is_refused_as_any_unknown_type() -> None:
    found = read({"type": "vn.ioc.ticket.eaten.v1"})
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNKNOWN_TYPE


def test_names_that_are_not_in_the_catalogue_are_refused() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = processor.fold([booking_record(Act.ISSUED, NOW, service="x", unit="y", ward="z")])
    (letter,) = changes.dead_letters
    assert letter.rejection.reason is Reason.NOT_IN_CATALOGUE
    assert faults(letter.rejection) == {"data.service", "data.unit", "data.ward"}


def test_what_comes_from_the_future_is_refused_and_does_not_move_the_events_clock() -> None:
    late = replace(booking_record(Act.ISSUED, NOW + DAY), appended=NOW)
    assert processor_of([late]).position.refused == 1
    processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
    processor.apply(
        processor.fold([booking_record(Act.ISSUED, NOW), booking_record(Act.ISSUED, NOW + DAY, unit="nobody")])
    )
    assert processor.position.clock == NOW


def test_a_booking_on_another_partition_than_its_keys_is_refused() -> None:
    processors = [IncidentProcessor(number, CITY, ClockKind.WALL, partitions=4) for number in range(4)]
    reasons = [processor.fold([booking_record(Act.ISSUED, NOW)]).dead_letters for processor in processors]
    assert sorted(len(letters) for letters in reasons) == [0, 1, 1, 1]


def test_a_ticket_and_a_dossier_may_share_a_number() -> None:
    dossier = record(0, "reported", NOW, subject="7")
    key, value = b"one-stop-shop:7", (dossier.value or b"").replace(b"field-reports", b"one-stop-shop")
    processor = processor_of([replace(dossier, key=key, value=value), booking_record(Act.ISSUED, NOW, subject="7")])
    assert processor.incidents.keys() == {"one-stop-shop:7"}
    assert processor.items.keys() == {"ticket/one-stop-shop:7"}


def test_a_duplicate_is_told_and_counts_once() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = processor.fold([booking_record(Act.ISSUED, NOW), booking_record(Act.ISSUED, NOW, offset=1)])
    assert [(fact.kind, fact.incident) for fact in changes.facts] == [
        (FactKind.DUPLICATE, "ticket/one-stop-shop:A-001")
    ]
    assert changes.position.duplicates == 1
    assert {window.counts[Measure.TICKETS] for window in changes.aggregates.values()} == {1}


def test_an_item_is_let_go_when_nothing_more_can_come_of_it_and_its_figures_stay() -> None:
    visit, kept = a_visit("A-001", NOW, MINUTE, MINUTE), CITY.items_kept
    last = NOW + 2 * MINUTE
    processor = processor_of([*visit, booking_record(Act.ISSUED, last + kept, subject="B")])
    assert processor.items.keys() == {"ticket/one-stop-shop:A-001", "ticket/one-stop-shop:B"}
    changes = processor.fold([booking_record(Act.ISSUED, last + kept + 1, subject="C")])
    assert changes.items["ticket/one-stop-shop:A-001"] is None
    writes = {topic: list(some) for topic, some in changes.writes(0)}
    assert (b"ticket/one-stop-shop:A-001", None) in [(one.key, one.value) for one in writes[Topic.ITEMS]]
    processor.apply(changes)
    again = processor.fold([replace(one, appended=last + kept + 1) for one in visit])
    assert {letter.rejection.reason for letter in again.dead_letters} == {Reason.TOO_OLD}
    assert not again.aggregates
    assert day(processor).count(Measure.TICKETS_SERVED) == 1


def test_what_is_put_back_is_what_was_folded_and_ages_on() -> None:
    processor = processor_of(a_visit("A-001", NOW, MINUTE, MINUTE))
    again = IncidentProcessor(0, CITY, ClockKind.WALL)
    again.restore(Topic.ITEMS, b"ticket/one-stop-shop:gone", encode(processor.items["ticket/one-stop-shop:A-001"]))
    again.restore(Topic.ITEMS, b"ticket/one-stop-shop:gone", None)
    for key, item in processor.items.items():
        again.restore(Topic.ITEMS, key.encode(), encode(item))
    again.build_indexes()
    assert again.items == processor.items
    later = booking_record(Act.ISSUED, NOW + CITY.items_kept + DAY, subject="C")
    assert again.fold([later]).items["ticket/one-stop-shop:A-001"] is None


@pytest.mark.parametrize("act", Act)
def test_every_act_says_its_least(act: Act) -> None:
    one = booking_record(act, NOW)
    found = read_event(one.key, one.value)
    assert isinstance(found, Booking)
    assert (found.act, found.time, found.key) == (act, NOW, "one-stop-shop:A-001")
