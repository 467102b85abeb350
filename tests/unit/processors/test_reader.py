"""Reading an event: both content modes, and every fault named without repeating what was found."""

from typing import Any
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.cloudevents import slug_of
from ioc.core.rejections import Reason, Rejection
from ioc.core.topics import MAX_EVENT_BYTES
from ioc.core.watermark import Watermark
from ioc.decider.decide import decide
from ioc.incident.event import Event
from ioc.incident.payloads import Reported
from ioc.processors import serde
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, LATER, at, body

KEY = b"field-reports:1"
REPORT = {"service": "field-reports", "title": "Cây đổ"}
SECRET = "9123456780"
ABSENT = object()


def attributes(event_type: str = "reported", **changed: Any) -> dict[str, Any]:
    """Return the attributes of a good event, changed."""
    good = msgspec.json.decode(
        body(event_type, at("2026-04-14 08:30"), "7d1e", **(REPORT if event_type == "reported" else {}))
    )
    return {name: value for name, value in (good | changed).items() if value is not ABSENT}


def read(event_type: str = "reported", key: bytes | None = KEY, **changed: Any) -> Event | Watermark | Rejection:
    return read_event(key, msgspec.json.encode(attributes(event_type, **changed)))


def read_binary(**changed: Any) -> Event | Watermark | Rejection:
    event = attributes(**changed)
    headers = [(f"ce_{name}", value.encode()) for name, value in event.items() if name != "data"]
    key = f"field-reports:{event['subject']}".encode()
    return read_event(key, msgspec.json.encode(event["data"]), [*headers, ("content-type", b"application/json")])


def accepted(read: Event | Watermark | Rejection) -> Event:
    assert isinstance(read, Event), read
    return read


def refused(read: Event | Watermark | Rejection) -> Rejection:
    assert isinstance(read, Rejection), read
    assert SECRET not in str(read)
    return read


def test_an_event_tells_what_happened_to_which_incident_and_when() -> None:
    event = accepted(read())
    assert (event.incident, event.source, event.id) == ("field-reports:1", "/hue/field-reports", "7d1e")
    assert (event.event_type, event.time) == ("reported", at("2026-04-14 08:30"))
    assert event.payload == Reported(service="field-reports", title="Cây đổ")


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50)


@given(TEXTS, TEXTS)
def test_both_content_modes_say_the_same(subject: str, title: str) -> None:
    data = {"service": "field-reports", "title": title}
    structured = read(key=f"field-reports:{subject}".encode(), subject=subject, data=data)
    binary = read_binary(subject=subject, data=data)
    assert serde.encode(accepted(binary)) == serde.encode(accepted(structured))


def test_the_content_type_tells_the_modes_apart() -> None:
    """A record may carry attributes in headers and still be structured: then the headers say nothing."""
    value = msgspec.json.encode(attributes())
    for content_type in (b"application/cloudevents+json", b"Application/CloudEvents+json; charset=UTF-8"):
        event = read_event(KEY, value, [("ce_id", b"other"), ("Content-Type", content_type)])
        assert accepted(event).id == "7d1e"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NOT_JSON),
        (b"", Reason.NOT_JSON),
        (b"{" + SECRET.encode(), Reason.NOT_JSON),
        (msgspec.json.encode(attributes()) + b"}", Reason.NOT_JSON),
        (msgspec.json.encode(attributes(id="@")).replace(b"@", b"\xc3\x28"), Reason.NOT_UTF8),
        (msgspec.json.encode(attributes(data=REPORT | {"title": "@"})).replace(b"@", b"\xff"), Reason.NOT_UTF8),
        (b'["' + SECRET.encode() + b'"]', Reason.INVALID),
        (b"1" * (MAX_EVENT_BYTES + 1), Reason.TOO_LARGE),
    ],
)
def test_what_is_no_event_at_all(value: bytes | None, reason: Reason) -> None:
    rejection = refused(read_event(KEY, value))
    assert rejection.reason is reason
    assert len(rejection.errors) == 1


def test_a_header_that_is_not_utf8() -> None:
    assert refused(read_event(KEY, b"{}", [("ce_id", b"\xff")])).reason is Reason.NOT_UTF8


def test_the_largest_event_is_accepted_and_one_byte_more_is_not() -> None:
    room = MAX_EVENT_BYTES - len(msgspec.json.encode(attributes(padding="")))
    accepted(read(padding="x" * room))
    assert refused(read(padding="x" * (room + 1))).reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("event_type", "changed", "field"),
    [
        ("reported", {"id": ABSENT}, "id"),
        ("reported", {"id": ""}, "id"),
        ("reported", {"id": SECRET * 26}, "id"),
        ("reported", {"subject": ABSENT}, "subject"),
        ("reported", {"specversion": SECRET}, "specversion"),
        ("reported", {"source": "/hue/" + SECRET + "_"}, "source"),
        ("reported", {"source": "/"}, "source"),
        ("reported", {"type": ABSENT}, "type"),
        ("reported", {"time": ABSENT}, "time"),
        ("reported", {"time": "2026-04-14T08:30:00"}, "time"),
        ("reported", {"time": SECRET}, "time"),
        ("reported", {"time": int(SECRET)}, "time"),
        ("reported", {"data": ABSENT}, "data.service"),
        ("reported", {"data": [SECRET]}, "data"),
        ("reported", {"data": REPORT | {"priority": SECRET}}, "data.priority"),
        ("reported", {"data": REPORT | {"ward": int(SECRET)}}, "data.ward"),
        ("reported", {"data": REPORT | {"lat": 91}}, "data.lat"),
        ("reported", {"data": REPORT | {"title": SECRET * 52}}, "data.title"),
        ("reported", {"data": REPORT | {"due": {"resolve": "2026-04-14T08:30:00"}}}, "data.due.resolve"),
        ("rated", {"data": {"score": 6}}, "data.score"),
        ("rated", {"data": {"text": SECRET}}, "data"),
        ("assigned", {"data": {"actor": SECRET}}, "data"),
        ("updated", {"data": {"actor": SECRET, "text": SECRET}}, "data"),
        ("escalated", {"data": {"level": 0}}, "data.level"),
        ("directed", {"data": {"units": ["ioc", ""]}}, "data.units.1"),
        ("merged", {"data": {}}, "data.into"),
        ("merged", {"data": {"into": "PA-000123"}}, "data.into"),
        ("merged", {"data": {"into": "field-reports:"}}, "data.into"),
        ("proposed", {"data": {"into": "Field Reports:1"}}, "data.into"),
    ],
)
def test_a_fault_names_its_field(event_type: str, changed: dict[str, Any], field: str) -> None:
    rejection = refused(read(event_type, **changed))
    assert rejection.reason is Reason.INVALID
    assert [error.field for error in rejection.errors] == [field]


def test_an_unknown_type() -> None:
    rejection = refused(read(type=f"vn.ioc.incident.{SECRET}.v1"))
    assert rejection.reason is Reason.UNKNOWN_TYPE
    assert [error.field for error in rejection.errors] == ["type"]


@pytest.mark.parametrize("key", [None, b"", b"1", b"field-reports:2", b"\xff", SECRET.encode()])
def test_a_wrong_or_missing_key(key: bytes | None) -> None:
    rejection = refused(read(key=key))
    assert rejection.reason is Reason.WRONG_KEY
    assert [error.field for error in rejection.errors] == ["key"]


def test_several_faults_are_named_at_once() -> None:
    data = {"priority": SECRET, "lat": SECRET, "due": {"resolve": SECRET}}
    rejection = refused(read(id=ABSENT, time="2026-04-14T08:30:00", specversion=SECRET, data=data))
    fields = {error.field for error in rejection.errors}
    assert fields == {"id", "time", "specversion", "data.service", "data.priority", "data.lat", "data.due.resolve"}
    beyond_shape = refused(read("rated", key=None, source=f"/{SECRET}_"))
    assert beyond_shape.reason is Reason.INVALID
    assert {error.field for error in beyond_shape.errors} == {"source", "key", "data"}


ANYTHING = st.sampled_from([SECRET, int(SECRET), [SECRET], {"a": SECRET}, float(SECRET), SECRET * 1000, None, True])


@given(
    st.dictionaries(st.sampled_from(sorted(attributes())), ANYTHING),
    st.dictionaries(st.sampled_from(sorted(Reported.__struct_fields__)), ANYTHING),
)
def test_faults_never_repeat_what_was_found(changed: dict[str, Any], data: dict[str, Any]) -> None:
    result = read(**{"data": REPORT | data} | changed)
    if isinstance(result, Rejection):
        assert refused(result).errors, "a refusal says why"


def test_words_are_kept_in_one_unicode_form() -> None:
    composed, taken_apart = (normalize(form, "Đường Nguyễn Huệ ngập sâu") for form in ("NFC", "NFD"))
    assert composed != taken_apart
    events = [accepted(read(data=REPORT | {"title": title, "text": "ok"})) for title in (composed, taken_apart)]
    assert serde.encode(events[0]) == serde.encode(events[1])
    assert composed.encode() in bytes(events[1].data)


def test_unknown_fields_are_ignored() -> None:
    more = read(data=REPORT | {"weather": "rain"}, recordedtime="2026-04-14T08:31:00Z", dataschema="urn:x")
    assert serde.encode(accepted(more)) == serde.encode(accepted(read()))


def test_who_reported_is_never_kept() -> None:
    person = {"name": SECRET, "phone": SECRET, "citizen_id": SECRET}
    event = accepted(read(data=REPORT | person | {"reporter": person}, reporter=SECRET))
    decision = decide(None, event, LATER, CITY)
    assert decision.state is not None
    assert decision.facts
    for stored in (event.payload, event.data, decision.state, decision.facts):
        assert SECRET.encode() not in serde.encode(stored)


def test_the_short_name_of_a_source_is_its_last_part() -> None:
    assert slug_of("/hue/field-reports") == slug_of("https://hue.example/Field-Reports/") == "field-reports"
    assert slug_of("/hue/" + "a" * 64) == "a" * 64


@pytest.mark.parametrize("source", ["", "/", "/hue/-", "/hue/phản ánh", "/hue/a\n", "/hue/a:b", "/hue/" + "a" * 65])
def test_a_source_without_a_usable_name(source: str) -> None:
    assert slug_of(source) is None


def test_a_mark_of_time_needs_no_key() -> None:
    assert read(key=None, type="vn.ioc.clock.asof.v1") == Watermark(at("2026-04-14 08:30"))
