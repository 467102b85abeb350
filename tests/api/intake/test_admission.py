"""Events over HTTP become what a Kafka record holds, in each content mode, and are admitted by the fold's rules."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.admission import FORBIDDEN, TAKEN, AdmissionPolicy, AdmissionResult
from api.intake.http_binding import (
    BATCH,
    MAX_BATCH_EVENTS,
    STRUCTURED,
    BatchTooLong,
    IncomingEvent,
    MalformedBatch,
    UnsupportedContentMode,
    events_of_request,
)
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import FieldError, Reason
from ioc.core.times import HOUR, Instant
from ioc.core.topics import MAX_EVENT_BYTES, Topic
from ioc.incident.event import Event
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, LOGS, at, body

NOW: Instant = at("2026-04-14 09:00")
GOOD = body("reported", NOW, "e1", service="field-reports", ward="19753", title="Cây đổ")
# What only the fold can see.
BY_STATE = {
    Reason.ILLEGAL_MOVE,
    Reason.HISTORY_FULL,
    Reason.UNKNOWN_DIRECTIVE,
    Reason.DIRECTIVE_TAKEN,
    Reason.TOO_MANY_DIRECTED,
    Reason.NOT_DIRECTED,
    Reason.LOWERED_SILENTLY,
    Reason.NOT_IN_CATALOGUE,
}
JSON = (b"content-type", b"application/json")


def policy(now: Instant | None = NOW, *sources: str) -> AdmissionPolicy:
    return AdmissionPolicy(CITY, now, lambda source: not sources or source in sources)


def binary(event: bytes, quoted: bool = False) -> IncomingEvent:
    """Return an event as it comes in binary mode, its words percent-encoded as the HTTP binding asks for."""
    members: dict[str, Any] = msgspec.json.decode(event)
    data = msgspec.json.encode(members.pop("data", {}))
    attributes = {name: quote(str(value), safe="/:+") for name, value in members.items()}
    values = {name: f'"{value}"' if quoted else value for name, value in attributes.items()}
    (incoming,) = events_of_request(
        [JSON, *((f"ce-{name}".encode(), value.encode()) for name, value in values.items())], data
    )
    return incoming


def review(event: bytes, now: Instant | None = NOW, *sources: str) -> AdmissionResult:
    return policy(now, *sources).review(IncomingEvent(event))


@pytest.mark.parametrize("content_type", [STRUCTURED, "Application/CloudEvents+JSON; charset=utf-8"])
def test_a_structured_event_goes_on_byte_by_byte(content_type: str) -> None:
    (incoming,) = events_of_request([(b"content-type", content_type.encode())], GOOD)
    assert incoming == IncomingEvent(GOOD, (("content-type", b"application/cloudevents+json"),))


def test_each_event_of_a_batch_goes_on_as_it_came() -> None:
    events = [GOOD, body("noted", NOW, "e2", text="chờ"), b"17", b"{}"]
    incoming = events_of_request([(b"content-type", BATCH.encode())], b"[" + b" , ".join(events) + b"]")
    assert [event.value for event in incoming] == events


@given(LOGS)
def test_an_event_is_read_the_same_in_every_mode(log: list[Record]) -> None:
    for record in log:
        structured = read_event(record.key, record.value, record.headers)
        if isinstance(structured, Event) and record.value is not None:
            for quoted in (False, True):
                incoming = binary(record.value, quoted)
                assert read_event(record.key, incoming.value, incoming.headers) == structured


@given(LOGS)
def test_the_door_refuses_what_the_fold_would_and_leaves_to_it_what_needs_the_state(log: list[Record]) -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    for record in log:
        result = policy(record.appended).review(IncomingEvent(record.value or b""))
        changes = processor.fold([record])
        refused = [letter.rejection.reason for letter in changes.dead_letters]
        if result.record is not None:
            assert (result.record.key, result.record.value) == (record.key, record.value)
            assert set(refused) <= BY_STATE
        elif result.outcome == FORBIDDEN:
            assert b'"source":"/operations-centre/' in (record.value or b"")
        else:
            assert refused == [result.outcome]
        processor.apply(changes)


def test_what_is_in_no_mode_of_events_is_told_apart() -> None:
    for headers in ([], [JSON], [(b"content-type", b"application/cloudevents+avro"), (b"ce-id", b"1")]):
        with pytest.raises(UnsupportedContentMode):
            events_of_request(headers, GOOD)
    for broken in (b"{}", b"[{]", b"", b"\xff"):
        with pytest.raises(MalformedBatch):
            events_of_request([(b"content-type", BATCH.encode())], broken)
    with pytest.raises(BatchTooLong):
        events_of_request([(b"content-type", BATCH.encode())], b"[" + b",".join([b"1"] * (MAX_BATCH_EVENTS + 1)) + b"]")


def test_an_event_is_keyed_by_its_incident() -> None:
    record = review(GOOD).record
    assert record is not None
    assert (record.topic, record.key, record.value) == (Topic.EVENTS, b"field-reports:1", GOOD)


def test_an_observation_goes_to_the_sensors() -> None:
    event = {
        "specversion": "1.0",
        "id": "o1",
        "source": "/hue/river-stations",
        "subject": "kim-long",
        "type": "vn.ioc.indicator.observed.v1",
        "time": "2026-04-14T09:00:00+07:00",
        "data": {"value": 2.3},
    }
    record = review(msgspec.json.encode(event)).record
    assert record is not None
    assert (record.topic, record.key) == (Topic.INDICATORS, b"river-stations:kim-long")
    stranger = review(msgspec.json.encode({**event, "subject": "nowhere"}))
    assert (stranger.record, stranger.outcome) == (None, "not_in_catalogue")


@pytest.mark.parametrize(
    ("event", "outcome", "faults"),
    [
        (b"{", "not_json", {"data"}),
        (b"17", "invalid", {"data"}),
        (b'{"source":"\xff"}', "not_utf8", {"data"}),
        (b" " * (MAX_EVENT_BYTES + 1), "too_large", {"data"}),
        (b"{}", "invalid", {"id", "source", "specversion", "subject", "time", "type"}),
        (GOOD.replace(b"000Z", b"000").replace(b'"e1"', b'""'), "invalid", {"id", "time"}),
        (GOOD.replace(b"/hue/field-reports", b"/hue/f_r"), "invalid", {"source"}),
        (GOOD.replace(b'"service":"field-reports"', b'"service":"nobody","unit":"x"'), "not_in_catalogue", None),
        (GOOD.replace(b"reported.v1", b"exploded.v1"), "unknown_type", {"type"}),
        (body("reported", NOW + HOUR, "e1", service="field-reports"), "in_the_future", {"time"}),
        (
            body("directed", NOW, "e1", units=["so-y-te"]).replace(b"so-y-te", b"pccc"),
            "bad_signature",
            {"data.signature"},
        ),
        (body("lapsed", NOW, "e1", source="/hue/field-reports", since="2026-04-14T09:00:00Z"), "invalid", {"source"}),
    ],
)
def test_what_is_wrong_is_told_at_once_and_nothing_of_it_is_written(
    event: bytes, outcome: str, faults: set[str] | None
) -> None:
    result = review(event)
    assert (result.record, result.outcome) == (None, outcome)
    assert faults is None or {fault.field for fault in result.errors} == faults
    assert "key" not in {fault.field for fault in result.errors}


def test_marks_of_a_replay_do_not_come_in_here() -> None:
    mark = msgspec.json.decode(GOOD) | {"type": "vn.ioc.clock.asof.v1"}
    assert review(msgspec.json.encode(mark)).outcome == "unknown_type"


def test_nobody_speaks_for_a_source_that_is_not_theirs_or_for_the_centre() -> None:
    theirs = review(GOOD, NOW, "/hue/field-reports")
    assert theirs.outcome == TAKEN
    for event, sources in (
        (GOOD, ("/hue/health",)),
        (body("noted", NOW, "e1", source="/operations-centre/field-reports"), ("/operations-centre/field-reports",)),
        # Of two sources the reader's is the one that counts.
        (GOOD.replace(b'{"spec', b'{"source":"/hue/health","spec'), ("/hue/health",)),
    ):
        result = review(event, NOW, *sources)
        assert (result.record, result.outcome) == (None, FORBIDDEN)
        assert result.errors == (FieldError("source", "not yours to speak for"),)


def test_where_time_is_the_events_own_none_is_ahead_of_it() -> None:
    assert review(body("reported", NOW + HOUR, "e1", service="field-reports"), None).outcome == TAKEN


@given(st.binary(max_size=300), st.lists(st.tuples(st.sampled_from(["ce_id", "ce_source", "ce_type"]), st.binary())))
def test_judging_ends_whatever_comes(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    assert policy().review(IncomingEvent(value, headers)).record is None
