"""Offsets that no record holds: the log is asked for records only once fold and end have stood still."""

import pytest

from streams.partition import gaps
from streams.partition.gaps import GapDetector


class FakeLog:
    """Answers whether there are records, and notes what it was asked."""

    def __init__(self, has_records: bool) -> None:
        self.has_records = has_records
        self.asked: list[tuple[int, int]] = []

    async def answer(self, first: int, end: int) -> bool:
        self.asked.append((first, end))
        return self.has_records


async def test_a_position_at_the_end_is_caught_up_without_a_question() -> None:
    log = FakeLog(has_records=True)
    assert await GapDetector(log.answer).is_caught_up(7, 7)
    assert log.asked == []


async def test_the_log_is_not_asked_before_fold_and_end_have_stood_still() -> None:
    log = FakeLog(has_records=False)
    detector = GapDetector(log.answer)
    assert not await detector.is_caught_up(7, 9)
    assert not await detector.is_caught_up(7, 10), "the end has moved"
    assert (log.asked, detector.record_end(7, 10)) == ([], 10)


@pytest.mark.parametrize("has_records", [True, False])
async def test_a_standstill_is_a_gap_when_no_record_is_left(has_records: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "STANDSTILL", 0)
    log = FakeLog(has_records)
    detector = GapDetector(log.answer)
    assert await detector.is_caught_up(7, 9) is not has_records
    assert log.asked == [(7, 9)]
    assert detector.record_end(7, 9) == (9 if has_records else 7)
    assert await detector.is_caught_up(7, 9) is not has_records
    assert len(log.asked) == (2 if has_records else 1), "a gap that was found is remembered"
