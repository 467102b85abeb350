"""The check of clusters, candidates and what relatives sent against their logs: whatever was changed is found."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from console.verify.duplicates import accepted_candidates, duplicate_differences
from console.verify.own_events import OwnEvents
from console.verify.recompute import recompute_duplicates, recompute_incidents
from console.verify.snapshot import DuplicateSnapshot, refused_record
from ioc.core.records import ClockKind, Position, Record
from ioc.core.times import MINUTE
from ioc.core.topics import Topic
from ioc.processors.duplicates import DuplicateProcessor
from ioc.processors.incidents import IncidentProcessor
from tests.unit.duplicates.reports import T, off
from tests.unit.processor_pair import ProcessorPair
from tests.unit.samples import CITY

PARTITIONS = 2


class InspectedCentre:
    """What is read of a centre in which reports were merged, unmerged and resolved."""

    def __init__(self) -> None:
        made = ProcessorPair(PARTITIONS)
        for number in range(6):
            made.happen("reported", f"{number}", T + number * MINUTE, **off(number * 90))
        made.deliver_all()
        made.happen("unmerged", "1", T + 10 * MINUTE)
        made.happen("resolved", "0", T + 11 * MINUTE)
        made.append(Topic.SIGHTINGS, b"nothing", b"{")
        made.deliver_all()
        self.events = [made.log[Topic.EVENTS, number] for number in range(PARTITIONS)]
        self.places = [self._found(made, number) for number in range(PARTITIONS)]

    def _found(self, made: ProcessorPair, number: int) -> DuplicateSnapshot:
        processor = next(one for one in made.duplicate_processors if one.partition == number)
        found = DuplicateSnapshot(
            number, position=processor.position, later=processor.position, clusters=dict(processor.clusters)
        )
        found.log = list(made.log[Topic.SIGHTINGS, number])
        found.dead_letters = [refused_record(one) for one in made.refused if one.record in found.log]
        return found

    def differences(self) -> list[str]:
        own, told = OwnEvents(one for log in self.events for one in log), []
        for number, log in enumerate(self.events):
            processor = IncidentProcessor(number, CITY, ClockKind.WALL, partitions=PARTITIONS)
            position = Position(next=len(log))
            own.expect(*recompute_incidents(processor, log, position, position, 100))
        for place in self.places:
            fresh = DuplicateProcessor(place.partition, CITY, ClockKind.WALL, partitions=PARTITIONS)
            made, motion = recompute_duplicates(fresh, place)
            own.see_candidates(accepted_candidates(place, made, motion))
            own.expect(made, motion)
            told += duplicate_differences(place, made, motion)
        return [*told, *own.differences(), *own.invented()]


def test_what_is_right_has_no_differences() -> None:
    read = InspectedCentre()
    assert read.differences() == []
    assert sum(len(place.clusters) for place in read.places) > 0
    assert sum(len(place.dead_letters) for place in read.places) == 1


def busiest(read: InspectedCentre) -> DuplicateSnapshot:
    return max(read.places, key=lambda place: len(place.clusters))


def change_a_matter(read: InspectedCentre) -> None:
    clusters = busiest(read).clusters
    first = min(clusters)
    clusters[first] = replace(clusters[first], count=99)


def forget_a_matter(read: InspectedCentre) -> None:
    busiest(read).clusters.popitem()


def lose_a_dead_letter(read: InspectedCentre) -> None:
    for place in read.places:
        place.dead_letters.clear()


def of_own(read: InspectedCentre, part: bytes) -> tuple[list[Record], int]:
    """Return the first event of a part of the centre's: its log and its place in it."""
    return next((log, at) for log in read.events for at, one in enumerate(log) if part in (one.value or b""))


def lose_what_a_relative_told(read: InspectedCentre) -> None:
    log, at = of_own(read, b"/operations-centre/families/")
    log[at] = replace(log[at], value=b"{}")


def tell_it_twice(read: InspectedCentre) -> None:
    log, at = of_own(read, b"/operations-centre/families/")
    log.append(replace(log[at], offset=len(log)))


def invent_what_a_relative_told(read: InspectedCentre) -> None:
    log, at = of_own(read, b"/operations-centre/families/")
    log.append(replace(log[at], offset=len(log), value=(log[at].value or b"").replace(b'"id":"', b'"id":"x')))


def lose_an_answer(read: InspectedCentre) -> None:
    log, at = of_own(read, b"/operations-centre/duplicates/")
    log[at] = replace(log[at], value=b"{}")


def invent_a_sighting(read: InspectedCentre) -> None:
    log = busiest(read).log
    log.append(replace(log[0], offset=len(log), value=(log[0].value or b"").replace(b'"turn":1', b'"turn":77')))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (change_a_matter, "differs in count"),
        (forget_a_matter, "is missing"),
        (lose_a_dead_letter, "dead letter of the sightings"),
        (lose_what_a_relative_told, "is there 0 times"),
        (tell_it_twice, "is there 2 times"),
        (invent_what_a_relative_told, "should not be there"),
        (lose_an_answer, "is there 0 times"),
        (invent_a_sighting, "should not be there"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_was_changed_is_found(spoil: Callable[[InspectedCentre], None], what: str) -> None:
    read = InspectedCentre()
    spoil(read)
    assert any(what in told for told in read.differences()), read.differences()
