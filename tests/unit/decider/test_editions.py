"""The catalogue is changed: open incidents get new dues, closed ones keep theirs, and all can be computed again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.verify.catalogues import CatalogueEditions, NoSuchEdition
from console.verify.incident_diff import incident_differences
from console.verify.inspection import Inspection
from console.verify.recompute import recompute_incidents
from console.verify.snapshot import IncidentSnapshot, refused_record
from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.load import catalogue_of, hue_folder, load_catalogue
from ioc.catalogue.sla_policy import SlaPolicy
from ioc.core.editions import MAX_EDITIONS, Edition, with_edition, with_settled
from ioc.core.records import ClockKind, Record
from ioc.core.scalars import TargetName
from ioc.core.times import MINUTE
from ioc.incident.facts import Fact, FactKind
from ioc.incident.sla_clock import SlaClock
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, LATER, LOGS, at, record

T = at("2026-04-14 08:00")  # Tuesday: 16 working hours end on Thursday 09:00
HOLIDAY = "2026-04-15"


def edition(name: str, *off: str) -> Catalogue:
    """Return the catalogue with more holidays."""
    office = CITY.calendars["hanh-chinh"]
    holidays = {**office.holidays, **{date.fromisoformat(day): "decreed" for day in off}}
    calendar = Calendar(office.name, CITY.zone, office.week, holidays, office.workdays)
    calendars = {**CITY.calendars, calendar.name: calendar}
    return replace(CITY, calendars=calendars, rules=SlaPolicy(CITY.rules.rules), edition=name)


EDITIONS = {one.edition: one for one in (edition("A"), edition("B", HOLIDAY), edition("C", HOLIDAY, "2026-04-16"))}


class Worker:
    """A partition that is opened again and again, each time by a catalogue of its own."""

    def __init__(self, clock: ClockKind = ClockKind.WALL) -> None:
        self.processor = IncidentProcessor(0, EDITIONS["A"], clock)
        self.facts: list[Fact] = []
        self.found = IncidentSnapshot(0)

    def open(self, name: str, most: int = 1000, transactions: int | None = None) -> "Worker":
        """Open it under an edition; killed after so many transactions."""
        self.processor.catalogue = EDITIONS[name]
        for number, changes in enumerate(self.processor.reevaluate(most)):
            if number == transactions:
                break
            self.take(changes)
        return self

    def take(self, changes: IncidentChangeSet) -> None:
        self.processor.apply(changes)
        self.facts += changes.facts
        self.found.facts += changes.facts
        self.found.dead_letters += map(refused_record, changes.dead_letters)

    def fold(self, *log: Record) -> "Worker":
        for one in log:
            self.take(self.processor.fold([one]))
        return self

    def clock(self, target: TargetName = TargetName.RESOLVE, subject: int = 1) -> SlaClock:
        clock = self.processor.incidents[f"field-reports:{subject}"].clock(target)
        assert clock is not None
        return clock

    def kinds(self, *kinds: FactKind) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def verified(self, log: list[Record]) -> list[str]:
        """Return what a recomputation by the editions that were in force finds wrong."""
        processor = self.processor
        found = IncidentSnapshot(
            0,
            position=processor.position,
            later=processor.position,
            dead_letters=self.found.dead_letters,
            incidents=processor.incidents,
            items=dict(processor.items),
            windows=processor.aggregates,
            facts=self.found.facts,
        )
        fresh = IncidentProcessor(0, EDITIONS["A"], processor.clock)
        made, motion = recompute_incidents(fresh, log, found.position, found.later, 3, EDITIONS.__getitem__)
        inspection = Inspection(processor.clock, LATER, MINUTE)
        return [*incident_differences(made, motion, found, inspection)]


def test_an_open_incident_gets_new_dues_and_a_closed_one_keeps_its_own() -> None:
    log = [
        record(0, "reported", T),
        record(1, "reported", T, subject="2"),
        record(2, "resolved", at("2026-04-16 09:30"), subject="2"),
    ]
    worker = Worker().open("A").fold(*log)
    assert worker.clock().due == at("2026-04-16 09:00")
    worker.open("B")
    assert worker.clock().due == at("2026-04-17 09:00")
    assert worker.clock(subject=2).due == at("2026-04-16 09:00")
    assert worker.processor.incidents["field-reports:2"].on_time is False
    marks = worker.kinds(FactKind.CATALOGUE)
    assert [(fact.id, fact.changes) for fact in marks] == [("0/catalogue/1/B", {"edition": "B", "first": 3})]
    told = [fact for fact in worker.kinds(FactKind.DUE_SET) if fact.cause == "catalogue/1/B"]
    assert [(fact.incident, fact.rule) for fact in told] == [("field-reports:1", "field-reports")]
    assert told[0].dues is not None
    assert told[0].dues[TargetName.RESOLVE] == at("2026-04-17 09:00")
    assert worker.verified(log) == []


def test_what_was_reached_keeps_its_due_also_after_a_late_event() -> None:
    log = [record(0, "reported", at("2026-04-14 16:30")), record(1, "acknowledged", at("2026-04-15 08:30"))]
    worker = Worker().open("A").fold(*log).open("B")
    late = record(2, "updated", at("2026-04-14 16:35"), title="Cây đổ")
    for _ in range(2):
        assert worker.clock(TargetName.ACKNOWLEDGE).due == at("2026-04-15 08:00"), "under B it would be a day later"
        assert worker.clock().due == at("2026-04-20 08:00")
        worker.fold(replace(late, appended=at("2026-04-15 09:00")))


def test_what_was_announced_is_not_announced_again() -> None:
    worker = Worker().open("A").fold(record(0, "reported", T))
    worker.take(worker.processor.tick(at("2026-04-16 09:01"), 10))
    worker.open("B")
    worker.take(worker.processor.tick(at("2026-04-17 09:01"), 10))
    breaches = [fact for fact in worker.kinds(FactKind.BREACHED) if fact.target is TargetName.RESOLVE]
    assert [fact.due for fact in breaches] == [at("2026-04-16 09:00")]


def test_the_new_due_is_the_one_that_is_announced() -> None:
    worker = Worker().open("A").fold(record(0, "reported", T), record(1, "acknowledged", T)).open("B")
    worker.take(worker.processor.tick(at("2026-04-16 12:00"), 10))
    assert [fact for fact in worker.kinds(FactKind.BREACHED) if fact.target is TargetName.RESOLVE] == []
    worker.take(worker.processor.tick(at("2026-04-17 09:01"), 10))
    breached = [fact.due for fact in worker.kinds(FactKind.BREACHED) if fact.target is TargetName.RESOLVE]
    assert breached == [at("2026-04-17 09:00")]


def test_the_same_catalogue_settles_nothing() -> None:
    worker = Worker().open("A").fold(record(0, "reported", T))
    assert list(worker.processor.reevaluate(10)) == []
    assert worker.kinds(FactKind.CATALOGUE) == []


REPORTS = [record(number, "reported", T, subject=str(number)) for number in range(1, 8)]


@pytest.mark.parametrize("transactions", range(4))
def test_a_worker_that_was_killed_half_way_goes_on_where_it_was(transactions: int) -> None:
    whole = Worker().open("A").fold(*REPORTS).open("B", most=2)
    killed = Worker().open("A").fold(*REPORTS).open("B", 2, transactions).open("B", 3)
    assert killed.processor.incidents == whole.processor.incidents
    assert killed.processor.position == whole.processor.position
    assert sorted(fact.id for fact in killed.facts) == sorted(fact.id for fact in whole.facts)
    assert killed.verified(REPORTS) == []


@pytest.mark.parametrize("transactions", range(1, 4))
def test_a_third_catalogue_that_comes_half_way_leaves_nothing_unsettled(transactions: int) -> None:
    worker = Worker().open("A").fold(*REPORTS).open("B", 2, transactions).open("C", 3)
    assert {worker.clock(subject=n).due for n in range(1, 8)} == {at("2026-04-20 09:00")}
    assert [one.settled_to for one in worker.processor.position.editions] == [
        None,
        f"field-reports:{2 * transactions}",
        None,
    ]
    assert worker.verified(REPORTS) == []


def test_there_and_back_again_tells_each_change_once() -> None:
    worker = Worker().open("A").fold(*REPORTS)
    for name in ("B", "A", "B", "A"):
        worker.open(name)
    assert worker.clock().due == at("2026-04-16 09:00")
    assert len({fact.id for fact in worker.facts}) == len(worker.facts)
    assert worker.verified(REPORTS) == []


@given(LOGS, st.sampled_from(ClockKind), st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ABC")), max_size=4))
def test_whatever_happens_and_whenever_the_catalogue_is_changed_a_recomputation_agrees(
    log: list[Record], clock: ClockKind, changes: list[tuple[int, str]]
) -> None:
    worker = Worker(clock).open("A")
    for upto, name in sorted(changes):
        worker.fold(*log[worker.processor.position.next : upto]).open(name, most=1)
    worker.fold(*log[worker.processor.position.next :])
    assert worker.verified(log) == []


def test_a_rule_that_was_deleted_leaves_an_open_incident_to_the_rule_that_fits_now() -> None:
    worker = Worker().open("A").fold(record(0, "reported", T), record(1, "reported", T, subject="2", service="health"))
    left = SlaPolicy(tuple(one for one in CITY.rules.rules if one.id not in ("field-reports", "technical")))
    EDITIONS["D"] = replace(CITY, rules=left, edition="D")
    worker.open("D")
    assert worker.processor.incidents["field-reports:1"].clocks == ()
    assert worker.processor.incidents["field-reports:1"].rule == ""
    assert worker.processor.incidents["field-reports:1"].next_at is None
    assert worker.verified([record(0, "reported", T), record(1, "reported", T, subject="2", service="health")]) == []


def test_another_content_of_any_file_is_another_edition() -> None:
    files = dict(load_catalogue(hue_folder()).files)
    assert catalogue_of(files).edition == CITY.edition != ""
    files["rules.yml"] += b"\n# another"
    assert catalogue_of(files).edition != CITY.edition


def test_a_partition_folded_before_editions_were_kept_is_settled_and_says_so() -> None:
    known = with_edition((), "A", 7)
    assert known == (Edition(0, ""), Edition(7, "A", 1, ""))
    with pytest.raises(NoSuchEdition, match="before editions"):
        CatalogueEditions({}, CITY).edition(known[0].edition)


def test_of_very_many_editions_the_latest_are_known() -> None:
    known = with_edition((), "0", 0)
    for number in range(3 * MAX_EDITIONS):
        known = with_settled(with_edition(known, str(number), number), None)
    assert (len(known), known[-1]) == (
        MAX_EDITIONS,
        Edition(3 * MAX_EDITIONS - 1, str(3 * MAX_EDITIONS - 1), 3 * MAX_EDITIONS - 1),
    )


def test_an_edition_that_is_not_kept_or_not_readable_is_named() -> None:
    catalogues = CatalogueEditions({"new": CITY.files, "bad": {"rules.yml": b"rules: ["}}, CITY)
    assert catalogues.edition("new").edition == CITY.edition
    assert catalogues.edition(CITY.edition) is CITY
    with pytest.raises(NoSuchEdition, match="catalogue gone, which"):
        catalogues.edition("gone")
    with pytest.raises(NoSuchEdition, match="refused:\n  "):
        catalogues.edition("bad")


def test_of_a_partition_without_records_nothing_is_asked() -> None:
    found = IncidentSnapshot(0)
    made, _ = recompute_incidents(
        IncidentProcessor(0, CITY, ClockKind.WALL), [], found.position, found.later, 3, EDITIONS.__getitem__
    )
    assert (made.position, made.facts) == (found.position, [])
