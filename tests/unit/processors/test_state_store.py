"""States at rest are bytes: what is stored is what was written, and few of them are ever decoded."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.records import ClockKind, Record
from ioc.core.times import MINUTE
from ioc.core.topics import Topic
from ioc.processors import serde
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.state_store import StateStore
from tests.unit.samples import CITY, LATER, LOGS, at, record

T = at("2026-04-14 08:00")


class CountingDecoder:
    """Decodes numbers, and counts how often."""

    def __init__(self) -> None:
        self.decoded: list[bytes] = []

    def __call__(self, encoded: bytes) -> float:
        self.decoded.append(encoded)
        return float(encoded)


def test_a_state_is_decoded_when_it_is_looked_at_and_not_again_while_it_is_remembered() -> None:
    decode = CountingDecoder()
    states = StateStore(decode)
    for number in range(100):
        states.put(str(number), b"%d.0" % number)
    assert (len(states), "7" in states, "100" in states, decode.decoded) == (100, True, False, [])
    assert [states["7"], states["7"], states.get("100")] == [7.0, 7.0, None]
    assert decode.decoded == [b"7.0"]


def test_a_state_given_with_its_bytes_need_not_be_decoded() -> None:
    decode = CountingDecoder()
    states = StateStore(decode)
    states.put("1", b"1.0", 1.0)
    assert (states["1"], decode.decoded) == (1.0, [])


def test_what_is_put_anew_or_let_go_of_is_not_remembered() -> None:
    states = StateStore(CountingDecoder(), cache_size=1)
    states.put("1", b"1.0", 1.0)
    states.put("2", b"2.0", 2.0)
    states.put("1", b"3.0")
    assert states["1"] == 3.0
    states.put("1", None)
    assert (states.get("1"), dict(states)) == (None, {"2": 2.0})


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 9), st.booleans())), st.integers(1, 4))
def test_whatever_is_remembered_states_are_those_last_put(
    steps: Iterable[tuple[str, int | None, bool]], cache_size: int
) -> None:
    states, expected = StateStore(CountingDecoder(), cache_size), dict[str, float]()
    for key, number, with_state in steps:
        if number is None:
            states.put(key, None)
            expected.pop(key, None)
        else:
            states.put(key, str(number).encode(), float(number) if with_state else None)
            expected[key] = number
        assert states.get("a") == expected.get("a")
    assert dict(states) == expected


def test_no_more_states_are_remembered_than_twice_what_is_asked_for() -> None:
    decode = CountingDecoder()
    states = StateStore(decode, cache_size=10)
    for number in range(1000):
        states.put(str(number), b"%d" % number, float(number))
    assert list(states.values()) == list(range(1000))
    assert len(decode.decoded) >= 1000 - 20


@given(LOGS, st.sampled_from(ClockKind))
def test_what_is_kept_is_what_was_written(log: list[Record], clock: ClockKind) -> None:
    processor, written = IncidentProcessor(0, CITY, clock), dict[Topic, dict[bytes, bytes | None]]()
    for records in [*([happening] for happening in log), None]:
        changes = processor.fold(records) if records is not None else processor.tick(LATER, 1000)
        for topic, writes in changes.writes(0):
            written.setdefault(topic, {}).update((write.key or b"", write.value) for write in writes)
        processor.apply(changes)
    for topic, states in ((Topic.INCIDENTS, processor.incidents), (Topic.ITEMS, processor.items)):
        stored = {key: value for key, value in written[topic].items() if value is not None}
        assert {key.encode(): encoded for key, encoded in states.encoded()} == stored


@given(LOGS, st.sampled_from(ClockKind))
def test_a_state_that_was_kept_decoded_is_what_its_bytes_say(log: list[Record], clock: ClockKind) -> None:
    processor = IncidentProcessor(0, CITY, clock)
    processor.apply(processor.fold(log))
    for key, encoded in processor.incidents.encoded():
        assert serde.encode(processor.incidents[key]) == encoded
        assert serde.decode_incident(encoded) == processor.incidents[key]


def test_a_slice_decodes_only_the_states_it_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = processor.fold([record(number, "reported", T, subject=f"{number}") for number in range(50)])
    decoded = list[bytes]()
    monkeypatch.setattr(
        "ioc.processors.incidents.decode_incident", lambda value: decoded.append(value) or serde.decode_incident(value)
    )
    fresh = IncidentProcessor(0, CITY, ClockKind.WALL)
    for key, encoded in changes.encoded[Topic.INCIDENTS].items():
        fresh.restore(Topic.INCIDENTS, key.encode(), encoded)
    fresh.position = changes.position
    fresh.build_indexes()
    assert (fresh.state_count, len(fresh.timers), decoded) == (50, 50, [])
    touched = [record(50 + number, "noted", T + MINUTE, subject=f"{number}") for number in (3, 3, 4)]
    fresh.apply(fresh.fold(touched))
    assert len(decoded) == 2


def test_incidents_without_a_report_are_counted_as_they_come_and_as_they_are_put_back() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    log = [record(0, "noted", T), record(1, "noted", T, subject="2"), record(2, "reported", T)]
    for happening, pending in zip(log, (1, 2, 1), strict=True):
        changes = processor.fold([happening])
        before = processor.pending
        processor.apply(changes)
        assert (processor.pending, before + changes.pending) == (pending, pending)
    processor.build_indexes()
    assert processor.pending == 1
