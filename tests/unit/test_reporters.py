"""Who reported: taken out of what becomes the incident as soon as the event is read."""

import msgspec
import pytest

from ioc.errors import Refusal
from ioc.events import Event, read_event
from ioc.payloads import Reporter
from tests.unit.samples import at, body

NOON = at("2026-04-14 12:00")
KEY = b"field-reports:1"
HOA = {"name": "Hoa", "phone": "0234", "email": "hoa@example.org", "address": "5 Lê Lợi", "id_number": "046"}


def read(move: str = "reported", **data: object) -> Event:
    found = read_event(KEY, body(move, NOON, "e1", **{"service": "field-reports", **data}))
    assert isinstance(found, Event), found
    return found


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
    refusal = read_event(KEY, body("reported", NOON, "e1", service="field-reports", reporter=reporter))
    assert isinstance(refusal, Refusal)
    assert {fault.field for fault in refusal.faults} == fields
    assert "mark" not in str(refusal)
    assert "mmm" not in str(refusal)


def test_it_says_nothing_in_the_binary_mode_either() -> None:
    whole = msgspec.json.decode(body("reported", NOON, "e1", service="field-reports", reporter=HOA))
    data = msgspec.json.encode(whole.pop("data"))
    headers = [(f"ce_{name}", value.encode()) for name, value in whole.items()]
    event = read_event(KEY, data, headers)
    assert isinstance(event, Event)
    assert event.reporter == Reporter(**HOA)
    assert b"Hoa" not in bytes(event.data)
