"""The reporter: split off as soon as the event is read, and written apart from the incident."""

from collections.abc import Iterable
from dataclasses import replace as changed
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.verify.incident_diff import incident_differences
from console.verify.inspection import Inspection
from console.verify.outputs import IncidentOutput
from console.verify.recompute import recompute_incidents
from console.verify.snapshot import IncidentSnapshot
from ioc.core.records import ClockKind, Position, Record
from ioc.core.rejections import Rejection
from ioc.core.times import MINUTE
from ioc.incident.event import Event
from ioc.incident.payloads import Reporter
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, at, body, record

NOON = at("2026-04-14 12:00")
KEY = b"field-reports:1"
HOA = {"name": "Hoa", "phone": "0234", "email": "hoa@example.org", "address": "5 Lê Lợi", "id_number": "046"}


def read(event_type: str = "reported", **data: object) -> Event:
    event = read_event(KEY, body(event_type, NOON, "e1", **{"service": "field-reports", **data}))
    assert isinstance(event, Event), event
    return event


def test_the_reporter_is_beside_the_payload_and_not_in_it() -> None:
    event = read(title="Cây đổ", reporter=HOA)
    assert event.reporter == Reporter(**HOA)
    assert "Hoa" not in repr(event), "whatever is logged"
    assert event.data == read(title="Cây đổ").data
    assert event.payload == read(title="Cây đổ").payload


@pytest.mark.parametrize("nobody", [None, {}, {"name": None}, {"nickname": "Hoa"}])
def test_a_reporter_of_whom_nothing_is_said_is_none(nobody: object) -> None:
    assert read(reporter=nobody).reporter is None


def test_only_a_report_has_a_reporter() -> None:
    event = read("acknowledged", reporter=HOA)
    assert event.reporter is None
    assert b"Hoa" not in bytes(event.data)


def test_its_words_are_in_nfc_like_all_others() -> None:
    event = read(reporter={"name": "Hu\u0065\u0302\u0301"})
    assert event.reporter is not None
    assert event.reporter.name == "Huế"


@pytest.mark.parametrize(
    ("reporter", "fields"),
    [
        ({"name": 5, "phone": "1" * 65}, {"data.reporter.name", "data.reporter.phone"}),
        ({"email": "m" * 321, "address": "m" * 513}, {"data.reporter.email", "data.reporter.address"}),
        ({"id_number": ["mark"]}, {"data.reporter.id_number"}),
        ("mark", {"data.reporter"}),
    ],
)
def test_every_fault_of_it_is_told_and_nothing_of_what_it_says(reporter: object, fields: set[str]) -> None:
    rejection = read_event(KEY, body("reported", NOON, "e1", service="field-reports", reporter=reporter))
    assert isinstance(rejection, Rejection)
    assert {error.field for error in rejection.errors} == fields
    assert "mark" not in str(rejection)
    assert "mmm" not in str(rejection)


def test_it_says_nothing_in_the_binary_mode_either() -> None:
    whole = msgspec.json.decode(body("reported", NOON, "e1", service="field-reports", reporter=HOA))
    data = msgspec.json.encode(whole.pop("data"))
    headers = [(f"ce_{name}", value.encode()) for name, value in whole.items()]
    event = read_event(KEY, data, headers)
    assert isinstance(event, Event)
    assert event.reporter == Reporter(**HOA)
    assert b"Hoa" not in bytes(event.data)


def folded(*log: Record, slice_records: int = 100) -> IncidentOutput:
    """Return all that the fold of a log writes."""
    end = Position(next=len(log))
    return recompute_incidents(IncidentProcessor(0, CITY, ClockKind.WALL), log, end, end, slice_records)[0]


def reporter_after(*log: Record) -> Reporter | None:
    """Return the reporter that is written of the incident after a log."""
    return folded(*log).reporters.get("field-reports:1")


def log_of(happenings: Iterable[tuple[str, int, str, Any]]) -> list[Record]:
    """Return a log in this order of event types, minutes, ids and reporters' names, if any."""
    return [
        record(offset, event_type, NOON + minute * MINUTE, event_id, **({"reporter": {"name": name}} if name else {}))
        for offset, (event_type, minute, event_id, name) in enumerate(happenings)
    ]


def test_the_reporter_is_written_with_the_state_and_is_in_none_of_it() -> None:
    output = folded(record(0, "reported", NOON, "e1", title="Cây đổ", reporter=HOA))
    assert output.reporters == {"field-reports:1": Reporter(**HOA)}
    for value in (output.incidents, output.facts, [(cell.service, window) for cell, window in output.windows.items()]):
        assert b"Hoa" not in msgspec.json.encode(value)


def test_a_late_duplicate_overwrites_nothing() -> None:
    log = log_of([("reported", 0, "e1", "Hoa"), ("resolved", 5, "e2", None), ("reported", 0, "e1", "Lan")])
    assert reporter_after(*log) == Reporter("Hoa")


def test_a_second_report_of_the_same_incident_is_refused_and_overwrites_nothing() -> None:
    log = log_of([("reported", 0, "e1", "Hoa"), ("reported", 5, "e2", "Lan")])
    assert reporter_after(*log) == Reporter("Hoa")
    assert len(folded(*log).dead_letters) == 1


def test_a_report_that_comes_after_its_other_events_tells_who_it_was() -> None:
    log = log_of([("acknowledged", 5, "e2", None), ("resolved", 9, "e3", None), ("reported", 0, "e1", "Hoa")])
    assert reporter_after(*log) == Reporter("Hoa")


def test_a_refused_report_tells_nobody() -> None:
    log = [record(0, "reported", NOON, "e1", ward="nowhere", reporter=HOA)]
    assert reporter_after(*log) is None


_HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["reported", "reported", "acknowledged", "resolved"]),
        st.integers(0, 4),
        st.sampled_from("abcd"),
        st.sampled_from([None, "Hoa", "Lan", "Minh"]),
    ),
    max_size=8,
    unique_by=lambda happening: happening[2],
)


@given(happenings=_HAPPENINGS, data=st.data())
def test_in_any_order_and_in_any_slices_the_same_one_is_named(happenings: Any, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(happenings))
    again = [*shuffled, *data.draw(st.lists(st.sampled_from(shuffled), max_size=3) if shuffled else st.just([]))]
    expected = folded(*log_of(happenings)).reporters
    assert folded(*log_of(again), slice_records=data.draw(st.integers(1, 4))).reporters == expected
    reports = [
        (minute, event_id, name) for event_type, minute, event_id, name in happenings if event_type == "reported"
    ]
    first = min(reports, default=(0, "", None))
    assert expected.get("field-reports:1") == (Reporter(first[2]) if first[2] else None)


def test_the_verification_names_an_incident_whose_reporter_is_wrong_and_not_who_that_is() -> None:
    expected = folded(*log_of([("reported", 0, "e1", "Hoa")]))
    _, motion = recompute_incidents(IncidentProcessor(0, CITY, ClockKind.WALL), [], Position(), Position(), 1)
    motion = changed(motion, position=expected.position)
    inspection = Inspection(ClockKind.EVENT, NOON, MINUTE)
    written = {name: value for name, value in expected.__dict__.items() if name != "sent"}
    right = IncidentSnapshot(**written, later=expected.position)
    assert list(incident_differences(expected, motion, right, inspection)) == []
    for reporters, words in (({}, "is missing"), ({"field-reports:1": Reporter("Lan")}, "differs in name")):
        snapshot = changed(right, reporters=reporters)
        assert list(incident_differences(expected, motion, snapshot, inspection)) == [
            f"reporter of field-reports:1 {words}"
        ]
