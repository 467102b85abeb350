"""Too many rejections stop a partition, and a restart does not forget them."""

from hypothesis import given
from hypothesis import strategies as st

from ioc.core.dead_letter_limit import DeadLetterLimit, RejectionCount
from ioc.core.records import ClockKind, Record
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, at

LIMIT = DeadLetterLimit(share=0.5, least=10, window=20)


def after(*verdicts: bool) -> RejectionCount:
    return LIMIT.after(RejectionCount(), verdicts)


def test_more_than_its_share_is_too_many_once_there_are_enough_to_tell() -> None:
    assert not after(*[True] * 9).exceeded
    assert after(*[True] * 10).exceeded
    assert not after(*[False, True] * 10).exceeded


def test_it_is_told_even_when_a_slice_ends_with_a_fresh_window() -> None:
    assert after(*[True] * 20) == RejectionCount(0, 0, exceeded=True)


def test_a_good_window_later_does_not_excuse_it() -> None:
    assert after(*[True] * 10, *[False] * 100).exceeded


@given(st.lists(st.booleans(), max_size=100), st.integers(0, 100))
def test_it_goes_on_counting_where_an_earlier_worker_stopped(refused: list[bool], cut: int) -> None:
    def folded_up_to(offset: int) -> IncidentProcessor:
        processor = IncidentProcessor(0, CITY, ClockKind.WALL, LIMIT)
        processor.apply(processor.fold(records[:offset])) if records[:offset] else None
        return processor

    records = [
        Record(offset, at("2026-04-14 08:00"), None, b"no" if bad else WATERMARK) for offset, bad in enumerate(refused)
    ]
    first = folded_up_to(len(records))
    second = IncidentProcessor(0, CITY, ClockKind.WALL, LIMIT)
    second.position = folded_up_to(min(cut, len(records))).position
    if records[cut:]:
        second.apply(second.fold(records[cut:]))
    assert second.position.recent == first.position.recent == after(*refused)


WATERMARK = (
    b'{"specversion":"1.0","id":"m","source":"/ioc/clock","subject":"clock","type":"vn.ioc.clock.asof.v1",'
    b'"time":"2026-04-14T08:00:00Z"}'
)
