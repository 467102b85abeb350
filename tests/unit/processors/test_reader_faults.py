"""Faults of a record: all of them at once, each true, and none where there is none."""

from typing import Any

import msgspec
import pytest

from ioc.core.records import ClockKind, Headers, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES
from ioc.incident.event import Event
from ioc.incident.facts import Fact
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, at, body, record

KEY = b"field-reports:1"
T = at("2026-04-14 08:00")
BINARY: list[tuple[str, bytes | None]] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"x"),
    ("ce_source", b"/hue/field-reports"),
    ("ce_subject", b"1"),
    ("ce_type", b"vn.ioc.incident.noted.v1"),
    ("ce_time", b"2026-04-14T08:00:00+07:00"),
    ("content-type", b"application/json"),
]


def event_bytes(event_type: str = "noted", **changes: Any) -> bytes:
    """Return an event with members changed, or taken out by None."""
    members = msgspec.json.decode(body(event_type, T, "x")) | changes
    return msgspec.json.encode({name: value for name, value in members.items() if value is not None})


def faults(key: bytes | None, value: bytes | None, headers: Headers = ()) -> dict[str, str]:
    read = read_event(key, value, headers)
    assert isinstance(read, Rejection), read
    return {error.field: error.reason for error in read.errors}


def test_words_are_normalised_one_by_one() -> None:
    read = read_event(KEY, event_bytes(data={"text": "a\n\u0303b"}))
    assert isinstance(read, Event)
    assert read.payload.text == "a\n\u0303b"


def test_a_number_with_a_fraction_is_named() -> None:
    assert faults(KEY, event_bytes("escalated").replace(b'"data":{}', b'"data":{"level":1.0}')).keys() == {"data.level"}


def test_address_and_members_are_judged_together() -> None:
    wrong = event_bytes(id=None, source="///", time="2026-04-14T08:00:00")
    assert faults(None, wrong).keys() == {"id", "source", "time", "key"}
    assert faults(b"z", event_bytes(type="nope")).keys() == {"type", "key"}


@pytest.mark.parametrize(
    ("event_type", "data", "reason"),
    [
        ("noted", {"actor": "x" * 513}, "longer than 512 characters"),
        ("rated", {"score": 9}, "more than 5"),
        ("updated", {"lat": 91}, "more than 90"),
        ("noted", {"text": 5}, "must be string"),
    ],
)
def test_the_reason_given_is_the_true_one(event_type: str, data: dict[str, Any], reason: str) -> None:
    assert list(faults(KEY, event_bytes(event_type, data=data)).values()) == [reason]


@pytest.mark.parametrize("value", [b"", None])
def test_binary_mode_needs_no_data(value: bytes | None) -> None:
    assert isinstance(read_event(KEY, value, BINARY), Event)


def test_binary_data_cannot_pass_for_attributes() -> None:
    assert faults(b"field-reports:2", b'{},"subject":"2"', BINARY) == {"data": "not valid JSON"}
    smuggled: Headers = [*BINARY, ('ce_x":1,"subject":"9","y', b"")]
    assert "key" in faults(b"field-reports:9", b"{}", smuggled)
    assert isinstance(read_event(KEY, b"{}", smuggled), Event)


def test_a_type_that_is_no_text_is_one_fault() -> None:
    assert faults(KEY, event_bytes(type=5)) == {"type": "must be string"}


def test_a_mark_of_time_announces_each_deadline_at_its_own_moment() -> None:
    def announced(last: Record) -> list[Fact]:
        processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
        processor.apply(processor.fold([record(0, "reported", T)]))
        return [fact for fact in processor.fold([last]).facts if fact.incident == "field-reports:1"]

    end = at("2026-04-21 08:00")
    mark = body("reported", end, "m").replace(b"incident.reported", b"clock.asof")
    assert announced(Record(1, 0, None, mark)) == announced(record(1, "noted", end, subject="2"))


def test_what_unpacks_to_more_than_gets_in_is_kept_by_its_beginning() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    whole, cut = (processor.fold([Record(0, T, KEY, b"x" * size)]).dead_letters[0] for size in _SIZES)
    assert (whole.is_cut, len(whole.value or b"")) == (False, MAX_RECORD_BYTES)
    assert (cut.is_cut, len(cut.value or b"")) == (True, MAX_EVENT_BYTES)
    assert cut.rejection.reason is Reason.TOO_LARGE


_SIZES = (MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1)
