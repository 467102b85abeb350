"""The paper on growth says what its inputs give, and the arithmetic behind it is right."""

from math import inf

import pytest
from msgspec.structs import replace

from tests.bench.growth.capacity import (
    Assumed,
    Population,
    Rates,
    bytes_an_event,
    events_a_day,
    limits,
    need,
    partitions_for,
    peak,
)
from tests.bench.growth.flood import Behind, Flood, FloodedCentre, play
from tests.bench.growth.footprint import Footprint, TopicFootprint, measure_footprint
from tests.bench.growth.inputs import SOURCES, RateSource, rates_of, read_inputs
from tests.bench.growth.paper import PAPER, written
from tests.bench.machine import Machine
from tests.bench.measured import Measured
from tests.bench.results import ROOT, Result, Results, recorded

RATES = Rates(
    worker=100, restore=100_000, held=1000, shown=2000, read=50_000, intake_single=1000, intake_batched=50,
    open311=1000, screens=500, changes=1000,
)  # fmt: skip
FOOTPRINT = Footprint(
    events=2200,
    observations=1000,
    incidents=0.25,
    days=0.0,
    sightings=0.5,
    topics={
        "ioc.events": TopicFootprint(1.0, 400.0),
        "ioc.incidents": TopicFootprint(0.5, 600.0, 0.25, 300.0),
        "ioc.aggregates": TopicFootprint(1.0, 0.0, 1.0, 0.0),
    },
)
PLAIN = Assumed(city=1_000_000, calm=1.0, busy=0.5)
TOWN = Population("a town", 1_000_000)


def test_the_paper_is_what_its_inputs_give() -> None:
    assert written(PAPER.read_text(), read_inputs()) == PAPER.read_text()


def test_the_footprint_that_was_recorded_is_that_of_the_events_of_today() -> None:
    recorded, now = read_inputs().footprint, measure_footprint()
    assert (now.events, now.observations) == (recorded.events, recorded.observations)
    assert bytes_an_event(now) == pytest.approx(bytes_an_event(recorded), rel=0.25)
    assert now.incidents == pytest.approx(recorded.incidents, rel=0.1)


def test_a_place_needs_what_is_reckoned_by_hand() -> None:
    one = need(TOWN, FOOTPRINT, RATES, PLAIN)
    assert one.events_a_day == 2400
    assert one.reports_a_day == 600
    assert one.incidents == 600 * 365
    assert one.peak == pytest.approx(20_000 / 600 * 2)
    assert (one.partitions, one.workers, one.brokers, one.api_processes) == (12, 2, 3, 2)
    assert one.fold_again == pytest.approx(10 + 600 * 365 / 2 / 100_000)
    assert one.bytes_a_day == 3 * 2400 * 1000
    # Events for thirty days, states for ever: three copies of each.
    assert one.stored == pytest.approx(3 * (2400 * 30 * 400 + 600 / 0.25 * 365 * 300))
    assert one.api_memory == 600 * 365 * 2000
    assert one.api_start == pytest.approx(600 * 365 / 50_000)


def test_a_storm_floods_a_whole_city_and_a_part_of_a_country() -> None:
    assert peak(replace(TOWN, people=500_000), FOOTPRINT, PLAIN) == pytest.approx(peak(TOWN, FOOTPRINT, PLAIN) / 2)
    country = replace(TOWN, people=100_000_000)
    calm = events_a_day(country, FOOTPRINT, PLAIN) / 86_400
    flooded = 20 * PLAIN.reports * PLAIN.prompt
    assert flooded < peak(country, FOOTPRINT, PLAIN) < flooded + 2 * calm


def test_workers_are_as_many_as_speed_memory_and_a_restart_in_time_ask_for() -> None:
    country = replace(TOWN, people=100_000_000)
    one = need(country, FOOTPRINT, RATES, PLAIN)
    assert one.workers == 44, "for the restart: 21.9 million states at 100,000 a second, in five seconds"
    assert one.fold_again <= PLAIN.fold_again
    slower = need(country, FOOTPRINT, replace(RATES, worker=20_000), PLAIN)
    assert slower.workers == pytest.approx(slower.peak / 50 / 0.5, abs=1)
    fatter = need(country, FOOTPRINT, replace(RATES, held=20_000), PLAIN)
    assert fatter.workers == 110
    assert [partitions_for(workers) for workers in (1, 3, 4, 12, 44)] == [12, 12, 24, 48, 192]


def test_what_gives_way_does_so_at_the_people_it_is_said_to_carry() -> None:
    found = limits(1.0, 1.0, FOOTPRINT, RATES, PLAIN)
    assert found == sorted(found, key=lambda limit: limit.people)
    memory = next(limit for limit in found if "memory" in limit.what)
    at_the_limit = need(Population("", round(memory.people)), FOOTPRINT, RATES, PLAIN)
    assert at_the_limit.api_memory == pytest.approx(PLAIN.api_memory, rel=0.001)
    after_five = {limit.what: limit.people for limit in limits(1.0, 5.0, FOOTPRINT, RATES, PLAIN)}
    assert after_five[memory.what] == pytest.approx(memory.people / 5)
    assert all(limit.then for limit in found)


def test_workers_that_are_fast_enough_do_not_fall_behind() -> None:
    behind = play(Flood(peak=1000, calm=10), FloodedCentre(partitions=12, workers=3, speed=1000))
    assert behind == Behind(0.0, 0)


def test_those_that_are_not_fall_behind_and_catch_up() -> None:
    behind = play(Flood(peak=1000, calm=10), FloodedCentre(partitions=12, workers=2, speed=400))
    assert 0 < behind.worst < 600
    assert behind.over > 0


def test_the_longer_a_killed_worker_is_not_missed_the_later_its_events() -> None:
    flood, centre = (
        Flood(peak=1000, calm=10),
        FloodedCentre(partitions=12, workers=3, speed=1000, killed=900, silent=15),
    )
    behind = play(flood, centre)
    assert 14 <= behind.worst <= 16
    assert 15 <= behind.over < 60
    assert play(flood, replace(centre, silent=30)).worst > 29
    assert play(flood, replace(centre, speed=600)).over > behind.over


def test_nothing_is_lost_on_uneven_partitions() -> None:
    one = play(Flood(peak=1000, calm=10), FloodedCentre(partitions=1, workers=1, speed=900))
    many = play(Flood(peak=1000, calm=10), FloodedCentre(partitions=96, workers=1, speed=900))
    assert one.over == many.over > 0


def test_who_never_catches_up_is_told_so() -> None:
    assert play(Flood(peak=1000, calm=500), FloodedCentre(partitions=4, workers=1, speed=400)).worst == inf


def test_rates_are_the_benchmarks_and_where_there_is_none_the_bar() -> None:
    machine = Machine("", 2, 4, "", "", "", "")
    rows = [Measured("our worker", "CPU", 42.0), Measured("our worker", "throughput", 9.0)]
    loads = [
        Measured("one event a request", "CPU of the API", 900.0),
        Measured("one event a request, light load", "CPU of the API", 2_000.0),
    ]
    taken = {
        name: Result("2026-11-24T15:00:00Z", 0.0, 0.5, "", of) for name, of in (("throughput", rows), ("intake", loads))
    }
    rates = rates_of(Results(machine, benchmarks=taken))
    assert rates.intake_single == 900.0, "that of a flood"
    assert (rates.worker, rates.told["worker"]) == (42.0, "`throughput`, 2026-11-24, load 0.5")
    assert (rates.restore, rates.told["restore"]) == (100_000, "the bar")


def test_of_what_was_measured_no_rate_is_the_bar() -> None:
    results = recorded()
    assert results is not None
    told = rates_of(results).told
    for name, source in SOURCES.items():
        if source.benchmark in results.benchmarks:
            assert told[name].startswith(f"`{source.benchmark}`"), name


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_rate_is_a_figure_that_its_benchmark_has(source: RateSource) -> None:
    code = (ROOT / "tests" / "bench" / "benchmarks" / f"{source.benchmark.replace('-', '_')}.py").read_text()
    code += (ROOT / "tests" / "bench" / "contestants" / "contest.py").read_text()
    assert f'"{source.figure}"' in code
