"""The processor of duplicates: it can be restored and recomputed, refuses invalid records, and stays small and fast."""

from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason
from ioc.core.times import HOUR, MINUTE
from ioc.core.topics import Topic
from ioc.duplicates.candidates import encode_candidate
from ioc.processors.duplicates import DuplicateProcessor
from tests.unit.duplicates.reports import T, candidate_record, centre, off
from tests.unit.processor_pair import ProcessorPair, recompute
from tests.unit.samples import CITY


def test_memory_is_bounded_by_time() -> None:
    made = centre(*((f"{n}", T + n * HOUR, {**off(n * 400)}) for n in range(60)))
    (processor,) = made.duplicate_processors
    assert 0 < processor.state_count < 30
    assert len(processor.expiry_timers) == processor.state_count


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reported", "reported", "resolved", "reopened", "unmerged", "updated"]),
            st.integers(0, 9),
            st.integers(0, 4),
            st.integers(0, 300),
        ),
        min_size=5,
        max_size=40,
    ),
    st.integers(0, 1000),
)
def test_computed_again_from_the_sightings_alone_it_is_the_same(
    steps: Sequence[tuple[str, int, int, int]], seed: int
) -> None:
    made = ProcessorPair(partitions=3, seed=seed)
    for number, (event_type, who, place, minute) in enumerate(steps):
        data = off(place * 200) if event_type in ("reported", "updated") else {}
        if number % 5 == 0:
            made.deliver_all()
        made.happen(event_type, f"{who}", T + minute * MINUTE, **data)
    made.deliver_all()
    for processor, recomputed in recompute(made):
        assert (recomputed.clusters, recomputed.position) == (processor.clusters, processor.position)


def test_put_back_it_goes_on_the_same() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(900)}))
    (processor,) = made.duplicate_processors
    other = DuplicateProcessor(0, CITY, ClockKind.WALL)
    changes = processor.fold([candidate_record(2, "3", T, 0.0)])
    for incident_id, cluster in processor.clusters.items():
        other.restore(Topic.MATTERS, incident_id.encode(), encode_candidate(cluster))
    other.position = processor.position
    other.build_indexes()
    assert other.fold([candidate_record(2, "3", T, 0.0)]) == changes
    assert [sent.key for sent in changes.outbox] == [b"field-reports:3"]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (b"field-reports/power", b"{", Reason.INVALID),
        (b"field-reports/power", None, Reason.INVALID),
        (b"field-reports/power", b'{"x":' + b"[" * 100_000, Reason.INVALID),
        (b"field-reports/power", b'{"incident":"a:1","turn":1,"at":1,"service":"a","radius_m":1e308}', Reason.INVALID),
        (b"field-reports/power", b'{"incident":"a:1","turn":1,"at":-5,"service":"a"}', Reason.INVALID),
        (b"field-reports/tree", candidate_record(0, "1", T, 0).value, Reason.WRONG_KEY),
    ],
)
def test_what_is_no_sighting_is_refused(key: bytes, value: bytes | None, reason: Reason) -> None:
    changes = DuplicateProcessor(0, CITY, ClockKind.WALL).fold([Record(0, T, key, value)])
    assert [letter.rejection.reason for letter in changes.dead_letters] == [reason]


def test_a_storm_of_thousands_stays_fast() -> None:
    """Ten thousand matters, none near another, and ten thousand reports of them: a few tens of microseconds each."""
    processor = DuplicateProcessor(0, CITY, ClockKind.WALL)
    places = [(n // 100 * 700.0, n % 100 * 700.0) for n in range(10_000)]
    records = [candidate_record(n, f"a{n}", T + n, *place) for n, place in enumerate(places)]
    records += [candidate_record(10_000 + n, f"b{n}", T + n, place[0] + 90, place[1]) for n, place in enumerate(places)]
    began = perf_counter()
    changes = processor.fold(records)
    assert perf_counter() - began < 10
    assert (len(changes.clusters), len(changes.outbox)) == (10_000, 10_000)
