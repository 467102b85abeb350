"""Tickets, documents and answers to surveys: what they count, and that no order or repetition changes it."""

from collections import Counter
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.figures.aggregates import Aggregate, Cell, Measure, Timing, WindowSize
from ioc.figures.item_contributions import ITEM_MEASURES, contributions_of
from ioc.office_records.records import REGISTER_OF, Act
from ioc.processors.incidents import IncidentProcessor
from tests.unit.office_records.visits import NOW, a_visit, day
from tests.unit.samples import BOOKING, CITY, SHOP, booking_record, processor_of, record, windows


def test_a_ticket_gives_the_wait_and_the_time_at_the_counter() -> None:
    processor = processor_of(a_visit("A-001", NOW, 12 * MINUTE, 7 * MINUTE))
    total = day(processor)
    assert total.counts == {Measure.TICKETS: 1, Measure.TICKETS_CALLED: 1, Measure.TICKETS_SERVED: 1}
    assert total.timings[Timing.WAITING].total == 12 * MINUTE
    assert total.timings[Timing.SERVING].total == 7 * MINUTE
    assert {(cell.service, cell.unit, cell.ward) for cell in processor.aggregates} == {(*SHOP.values(), "")}


def test_a_call_counts_nothing_until_its_ticket_comes() -> None:
    issued, called, served = a_visit("A-001", NOW, 5 * MINUTE, MINUTE)
    processor = processor_of([called, served])
    assert day(processor).empty
    processor.apply(processor.fold([issued]))
    assert day(processor).timings[Timing.WAITING].total == 5 * MINUTE


def test_a_wait_is_never_less_than_nothing_but_unknown() -> None:
    total = day(processor_of([booking_record(Act.CALLED, NOW - MINUTE), booking_record(Act.ISSUED, NOW)]))
    assert total.counts == {Measure.TICKETS: 1, Measure.TICKETS_CALLED: 1}
    assert Timing.WAITING not in total.timings


def test_who_has_left_is_not_called_nor_served() -> None:
    log = [
        booking_record(act, NOW + i * MINUTE) for i, act in enumerate([Act.ISSUED, Act.LEFT, Act.CALLED, Act.SERVED])
    ]
    assert day(processor_of(log)).counts == {Measure.TICKETS: 1, Measure.TICKETS_LEFT: 1}


def test_who_does_not_come_when_called_has_waited_and_left() -> None:
    log = [booking_record(act, NOW + i * MINUTE) for i, act in enumerate([Act.ISSUED, Act.CALLED, Act.LEFT])]
    total = day(processor_of(log))
    assert total.counts == {Measure.TICKETS: 1, Measure.TICKETS_CALLED: 1, Measure.TICKETS_LEFT: 1}
    assert total.timings.keys() == {Timing.WAITING}


def test_a_ticket_called_again_waited_until_the_first_call() -> None:
    again = booking_record(Act.CALLED, NOW + 9 * MINUTE)
    for log in ([*a_visit("A-001", NOW, MINUTE, HOUR), again], [again, *a_visit("A-001", NOW, MINUTE, HOUR)]):
        total = day(processor_of(log))
        assert total.count(Measure.TICKETS_CALLED) == 1
        assert total.timings[Timing.WAITING].total == MINUTE


def test_a_document_signed_before_it_is_sent_went_out_signed() -> None:
    acts = {"1": (Act.RECEIVED, Act.SIGNED, Act.SENT), "2": (Act.SENT, Act.SIGNED), "3": (Act.SENT,)}
    log = [booking_record(a, NOW + i * HOUR, subject=s) for s, acts in acts.items() for i, a in enumerate(acts)]
    assert day(processor_of(log)).counts == {
        Measure.DOCUMENTS_RECEIVED: 1,
        Measure.DOCUMENTS_SIGNED: 2,
        Measure.DOCUMENTS_SENT: 3,
        Measure.DOCUMENTS_SENT_SIGNED: 1,
    }


def test_a_document_counts_under_the_unit_that_did_it() -> None:
    processor = processor_of(
        [booking_record(Act.RECEIVED, NOW), booking_record(Act.SENT, NOW + HOUR, unit="so-xay-dung")]
    )
    by_unit = {cell.unit: window.counts for cell, window in windows(processor).items() if cell.span is WindowSize.DAY}
    assert by_unit == {
        "tt-hanh-chinh-cong": {Measure.DOCUMENTS_RECEIVED: 1},
        "so-xay-dung": {Measure.DOCUMENTS_SENT: 1},
    }


def test_where_no_unit_is_named_it_is_the_services() -> None:
    processor = processor_of(
        [booking_record(Act.ISSUED, NOW, unit=None), booking_record(Act.SENT, NOW, service="health", unit=None)]
    )
    assert {cell.unit for cell in processor.aggregates} == {
        CITY.services[code].unit for code in ("one-stop-shop", "health")
    }


def test_answers_count_by_score_or_by_word_and_the_word_goes_first() -> None:
    said = [{"score": 5}, {"score": 1}, {"score": None, "satisfaction": "accepted"}, {"satisfaction": "satisfied"}]
    log = [booking_record(Act.ANSWERED, NOW, subject=str(n), **one) for n, one in enumerate(said)]
    assert day(processor_of(log)).counts == {
        Measure.ANSWERS: 4,
        Measure.ANSWERS_SATISFIED: 2,
        Measure.ANSWERS_ACCEPTED: 1,
        Measure.ANSWERS_NOT_SATISFIED: 1,
        Measure.ANSWERS_SCORED: 3,
        Measure.ANSWERS_SCORE: 8,
    }


_HAPPENED = st.tuples(st.sampled_from(Act), st.integers(0, 8), st.sampled_from("ab"), st.sampled_from(["", "vpub"]))
_UNITS = {"": SHOP["unit"], "vpub": "van-phong-ubnd"}


def _log(happened: Sequence[tuple[Act, Instant, str, str]]) -> list[Record]:
    return [
        booking_record(act, time, f"e{n}", subject, offset=n, **({"unit": _UNITS[unit]} if BOOKING[act] else {}))
        for n, (act, time, subject, unit) in enumerate(happened)
    ]


def _batch(processor: IncidentProcessor) -> dict[Cell, Aggregate]:
    """Return the windows as they are when all items are counted anew."""
    cells: dict[Cell, Aggregate] = {}
    for item in processor.items.values():
        for who, told in contributions_of(item).items():
            for time, what, value in told:
                for span, start in ((WindowSize.MINUTE, time), (WindowSize.DAY, processor.local_days.day_start(time))):
                    cells.setdefault(Cell(span, start, *who), Aggregate()).add(what, value)
    return cells


@given(st.lists(_HAPPENED, max_size=25), st.integers(0, 1000))
def test_any_order_and_any_duplicates_end_in_the_same_items_and_the_same_figures(
    happened: list[tuple[Act, int, str, str]], seed: int
) -> None:
    chance, log = Random(seed), _log([(act, NOW + hour * HOUR, *rest) for act, hour, *rest in happened])
    shuffled = chance.sample(log, len(log)) + [chance.choice(log) for _ in log[: len(log) // 2]]
    end = NOW + 9 * HOUR
    one, other = (processor_of([replace(each, appended=end) for each in some]) for some in (log, shuffled))
    assert one.items == other.items
    assert windows(one) == windows(other) == _batch(one)


@given(st.lists(st.tuples(_HAPPENED, st.integers(0, 60)), min_size=1, max_size=20), st.integers(1, 5))
def test_slices_make_no_difference_to_what_is_kept_and_counted(
    happened: list[tuple[tuple[Act, int, str, str], int]], most: int
) -> None:
    """Items are let go at the ends of slices, which a recomputation cuts elsewhere."""
    appended = [NOW + sum(days for _, days in happened[:n]) * DAY for n in range(1, len(happened) + 1)]
    told = [(act, at - hour * 4 * DAY, *rest) for at, ((act, hour, *rest), _) in zip(appended, happened, strict=True)]
    log = [replace(one, appended=at) for at, one in zip(appended, _log(told), strict=True)]
    single, sliced = processor_of(log), IncidentProcessor(0, CITY, ClockKind.WALL)
    for start in range(0, len(log), most):
        sliced.apply(sliced.fold(log[start : start + most]))
    assert single.items == sliced.items
    assert single.position == sliced.position
    days = [{c: w for c, w in windows(processor).items() if c.span is WindowSize.DAY} for processor in (single, sliced)]
    assert days[0] == days[1]


def test_what_items_contribute_incidents_do_not() -> None:
    log = [record(0, "reported", NOW), record(1, "resolved", NOW + HOUR), record(2, "rated", NOW + HOUR, score=1)]
    total = day(processor_of(log))
    assert not ITEM_MEASURES & {*total.counts, *total.timings}
    every = [booking_record(act, NOW, subject=REGISTER_OF[act]) for act in Act]
    told: Counter[str] = Counter({*day(processor_of(every)).counts, *day(processor_of(every)).timings} - ITEM_MEASURES)
    assert not told


def test_how_long_items_are_kept_is_the_citys_choice() -> None:
    short: Catalogue = replace(CITY, items_kept=2 * DAY)
    processor = IncidentProcessor(0, short, ClockKind.WALL)
    processor.apply(processor.fold([booking_record(Act.ISSUED, NOW)]))
    processor.apply(processor.fold([booking_record(Act.ISSUED, NOW + 2 * DAY + 1, subject="B")]))
    assert processor.items.keys() == {"ticket/one-stop-shop:B"}
