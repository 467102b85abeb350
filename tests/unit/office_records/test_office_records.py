"""Tickets, documents and answers to surveys: read, kept while they count, counted once whatever the order."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell, Measure, Timing, WindowSize
from ioc.figures.item_contributions import ITEM_MEASURES, contributions_of
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.office_records.records import REGISTER_OF, Act, Booking
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.serde import encode
from tests.unit.samples import BOOKING, CITY, SHOP, at, booking_record, processor_of, record, windows

NOW = at("2026-04-14 08:00")


def day(shard: IncidentProcessor) -> Aggregate:
    """Return the sum of all day windows."""
    total = Aggregate()
    for cell, window in windows(shard).items():
        if cell.span is WindowSize.DAY:
            total.merge(window)
    return total


def a_visit(subject: str, came: Instant, waited: int, served: int) -> list[Record]:
    called = came + waited
    moments = {Act.ISSUED: came, Act.CALLED: called, Act.SERVED: called + served}
    return [booking_record(act, time, subject=subject) for act, time in moments.items()]


def test_a_ticket_gives_the_wait_and_the_time_at_the_counter() -> None:
    shard = processor_of(a_visit("A-001", NOW, 12 * MINUTE, 7 * MINUTE))
    total = day(shard)
    assert total.counts == {Measure.TICKETS: 1, Measure.TICKETS_CALLED: 1, Measure.TICKETS_SERVED: 1}
    assert total.timings[Timing.WAITING].total == 12 * MINUTE
    assert total.timings[Timing.SERVING].total == 7 * MINUTE
    assert {(cell.service, cell.unit, cell.ward) for cell in shard.aggregates} == {(*SHOP.values(), "")}


def test_a_call_counts_nothing_until_its_ticket_comes() -> None:
    issued, called, served = a_visit("A-001", NOW, 5 * MINUTE, MINUTE)
    shard = processor_of([called, served])
    assert day(shard).empty
    shard.apply(shard.fold([issued]))
    assert day(shard).timings[Timing.WAITING].total == 5 * MINUTE


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
    shard = processor_of([booking_record(Act.RECEIVED, NOW), booking_record(Act.SENT, NOW + HOUR, unit="so-xay-dung")])
    by_unit = {cell.unit: window.counts for cell, window in windows(shard).items() if cell.span is WindowSize.DAY}
    assert by_unit == {
        "tt-hanh-chinh-cong": {Measure.DOCUMENTS_RECEIVED: 1},
        "so-xay-dung": {Measure.DOCUMENTS_SENT: 1},
    }


def test_where_no_unit_is_named_it_is_the_services() -> None:
    shard = processor_of(
        [booking_record(Act.ISSUED, NOW, unit=None), booking_record(Act.SENT, NOW, service="health", unit=None)]
    )
    assert {cell.unit for cell in shard.aggregates} == {
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


def read(value: dict[str, Any], key: bytes = b"one-stop-shop:A-001") -> Event | Booking | Rejection:
    event = msgspec.json.decode(booking_record(Act.ANSWERED, NOW).value or b"")
    found = read_event(key, msgspec.json.encode({**event, **value}))
    assert isinstance(found, Event | Booking | Rejection)
    return found


def faults(found: object) -> set[str]:
    assert isinstance(found, Rejection), found
    return {fault.field for fault in found.errors}


def test_all_faults_of_a_booking_are_named_at_once() -> None:
    found = read({"id": "", "time": "2026-04-14T08:00:00", "data": {"score": 6, "unit": ""}}, key=b"another")
    assert faults(found) == {"id", "time", "key", "data.service", "data.score", "data.unit"}
    assert faults(read({"data": {**SHOP}})) == {"data"}
    assert faults(read({}, key=b"another")) == {"key"}


def test_an_unknown_act_is_refused_as_any_unknown_type() -> None:
    found = read({"type": "vn.ioc.ticket.eaten.v1"})
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNKNOWN_TYPE


def test_names_that_are_not_in_the_catalogue_are_refused() -> None:
    shard = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = shard.fold([booking_record(Act.ISSUED, NOW, service="x", unit="y", ward="z")])
    (letter,) = changes.dead_letters
    assert letter.rejection.reason is Reason.NOT_IN_CATALOGUE
    assert faults(letter.rejection) == {"data.service", "data.unit", "data.ward"}


def test_what_comes_from_the_future_is_refused_and_does_not_move_the_events_clock() -> None:
    late = replace(booking_record(Act.ISSUED, NOW + DAY), appended=NOW)
    assert processor_of([late]).position.refused == 1
    shard = IncidentProcessor(0, CITY, ClockKind.EVENT)
    shard.apply(shard.fold([booking_record(Act.ISSUED, NOW), booking_record(Act.ISSUED, NOW + DAY, unit="nobody")]))
    assert shard.position.clock == NOW


def test_a_booking_on_another_partition_than_its_keys_is_refused() -> None:
    shards = [IncidentProcessor(number, CITY, ClockKind.WALL, partitions=4) for number in range(4)]
    reasons = [shard.fold([booking_record(Act.ISSUED, NOW)]).dead_letters for shard in shards]
    assert sorted(len(letters) for letters in reasons) == [0, 1, 1, 1]


def test_a_ticket_and_a_dossier_may_share_a_number() -> None:
    dossier = record(0, "reported", NOW, subject="7")
    key, value = b"one-stop-shop:7", (dossier.value or b"").replace(b"field-reports", b"one-stop-shop")
    shard = processor_of([replace(dossier, key=key, value=value), booking_record(Act.ISSUED, NOW, subject="7")])
    assert shard.incidents.keys() == {"one-stop-shop:7"}
    assert shard.items.keys() == {"ticket/one-stop-shop:7"}


def test_a_duplicate_is_told_and_counts_once() -> None:
    shard = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = shard.fold([booking_record(Act.ISSUED, NOW), booking_record(Act.ISSUED, NOW, offset=1)])
    assert [(fact.kind, fact.incident) for fact in changes.facts] == [
        (FactKind.DUPLICATE, "ticket/one-stop-shop:A-001")
    ]
    assert changes.position.duplicates == 1
    assert {window.counts[Measure.TICKETS] for window in changes.aggregates.values()} == {1}


def test_an_item_is_let_go_when_nothing_more_can_come_of_it_and_its_figures_stay() -> None:
    visit, kept = a_visit("A-001", NOW, MINUTE, MINUTE), CITY.items_kept
    last = NOW + 2 * MINUTE
    shard = processor_of([*visit, booking_record(Act.ISSUED, last + kept, subject="B")])
    assert shard.items.keys() == {"ticket/one-stop-shop:A-001", "ticket/one-stop-shop:B"}
    changes = shard.fold([booking_record(Act.ISSUED, last + kept + 1, subject="C")])
    assert changes.items["ticket/one-stop-shop:A-001"] is None
    writes = {topic: list(some) for topic, some in changes.writes(0)}
    assert (b"ticket/one-stop-shop:A-001", None) in [(one.key, one.value) for one in writes[Topic.ITEMS]]
    shard.apply(changes)
    again = shard.fold([replace(one, appended=last + kept + 1) for one in visit])
    assert {letter.rejection.reason for letter in again.dead_letters} == {Reason.TOO_OLD}
    assert not again.aggregates
    assert day(shard).count(Measure.TICKETS_SERVED) == 1


def test_what_is_put_back_is_what_was_folded_and_ages_on() -> None:
    shard = processor_of(a_visit("A-001", NOW, MINUTE, MINUTE))
    again = IncidentProcessor(0, CITY, ClockKind.WALL)
    again.restore(Topic.ITEMS, b"ticket/one-stop-shop:gone", encode(shard.items["ticket/one-stop-shop:A-001"]))
    again.restore(Topic.ITEMS, b"ticket/one-stop-shop:gone", None)
    for key, item in shard.items.items():
        again.restore(Topic.ITEMS, key.encode(), encode(item))
    again.build_indexes()
    assert again.items == shard.items
    later = booking_record(Act.ISSUED, NOW + CITY.items_kept + DAY, subject="C")
    assert again.fold([later]).items["ticket/one-stop-shop:A-001"] is None


_HAPPENED = st.tuples(st.sampled_from(Act), st.integers(0, 8), st.sampled_from("ab"), st.sampled_from(["", "vpub"]))
_UNITS = {"": SHOP["unit"], "vpub": "van-phong-ubnd"}


def _log(happened: Sequence[tuple[Act, Instant, str, str]]) -> list[Record]:
    return [
        booking_record(act, time, f"e{n}", subject, offset=n, **({"unit": _UNITS[unit]} if BOOKING[act] else {}))
        for n, (act, time, subject, unit) in enumerate(happened)
    ]


def _batch(shard: IncidentProcessor) -> dict[Cell, Aggregate]:
    """Return the windows as they are when all items are counted anew."""
    cells: dict[Cell, Aggregate] = {}
    for item in shard.items.values():
        for who, told in contributions_of(item).items():
            for time, what, value in told:
                for span, start in ((WindowSize.MINUTE, time), (WindowSize.DAY, shard.local_days.day_start(time))):
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
    days = [{c: w for c, w in windows(shard).items() if c.span is WindowSize.DAY} for shard in (single, sliced)]
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
    shard = IncidentProcessor(0, short, ClockKind.WALL)
    shard.apply(shard.fold([booking_record(Act.ISSUED, NOW)]))
    shard.apply(shard.fold([booking_record(Act.ISSUED, NOW + 2 * DAY + 1, subject="B")]))
    assert shard.items.keys() == {"ticket/one-stop-shop:B"}


@pytest.mark.parametrize("act", Act)
def test_every_act_says_its_least(act: Act) -> None:
    one = booking_record(act, NOW)
    found = read_event(one.key, one.value)
    assert isinstance(found, Booking)
    assert (found.act, found.time, found.key) == (act, NOW, "one-stop-shop:A-001")
