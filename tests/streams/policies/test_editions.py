"""New editions of the catalogue through the real streams: what is open is settled by them, and all can be verified."""

from collections import Counter
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ioc.core.topics import Topic
from ioc.incident.facts import FactKind
from tests.city import RunningCity, city
from tests.streams.log import publish, read
from tests.streams.policies.story import facts_of, happened, of, utc, wait_for_event_clock, wait_for_facts
from tests.unit.samples import at

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def test_a_decreed_holiday_moves_what_is_open_and_all_can_be_computed_again(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    reports = [happened("press-monitoring", "reported", at("2024-04-16 08:00"), subject) for subject in "12"]
    closed = happened("press-monitoring", "resolved", at("2024-04-17 09:00"), "2")
    with city(kafka, tmp_path, partitions=1) as centre:
        centre.start_worker()
        publish(kafka, *reports, closed)
        wait_for_facts(centre, lambda facts: bool(of(facts, FactKind.RESOLVED, "press-monitoring:2")))
        _stop(centre, 0)
        _decree(folder)
        centre.start_worker(IOC_GROUP="second")
        facts = wait_for_facts(centre, lambda facts: any(fact.kind is FactKind.CATALOGUE for fact in facts))
        centre.start_api()
        wait_for_event_clock(centre)
        moved, unmoved = (centre.get(f"incidents/press-monitoring:{subject}") for subject in "12")
        assert moved["deadlines"][0]["due"] == utc("2024-04-19 08:30"), "the 18th is off, too"
        assert [day["date"] for day in moved["deadlines"][0]["skipped"]] == ["2024-04-17", "2024-04-18"]
        assert (unmoved["deadlines"][0]["due"], unmoved["on_time"]) == (utc("2024-04-17 08:30"), False)
        (edition,) = (fact for fact in facts if fact.kind is FactKind.CATALOGUE)
        settled = [fact.incident for fact in facts if fact.cause == edition.id.partition("/")[2]]
        assert settled == ["press-monitoring:1"]
        publish(kafka, happened("press-monitoring", "reported", at("2024-04-22 08:00"), "3"))
        wait_for_facts(centre, lambda facts: bool(of(facts, FactKind.DUE_SET, "press-monitoring:3")))
        centre.verify()
        _check_missing_files(centre, kafka)


def test_a_worker_killed_while_it_settles_by_a_new_catalogue_goes_on_where_it_was(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    count = 1000
    reports = [happened("press-monitoring", "reported", at("2024-04-16 08:00"), str(n)) for n in range(count)]
    with city(kafka, tmp_path, partitions=1) as centre:
        centre.start_worker()
        publish(kafka, *reports)
        wait_for_facts(centre, lambda facts: len(facts) >= 2 * count)
        _stop(centre, 0)
        _decree(folder)
        centre.start_worker(IOC_GROUP="second", IOC_SETTLED_AT_ONCE="1")
        wait_for_facts(centre, lambda facts: any(fact.kind is FactKind.CATALOGUE for fact in facts))
        centre.kill_worker(1)
        before = sum(fact.cause is not None and fact.cause.startswith("catalogue/") for fact in facts_of(centre))
        assert 0 < before < count, "it was not killed half-way"
        centre.start_worker(IOC_GROUP="third")
        publish(kafka, happened("press-monitoring", "noted", at("2024-04-16 08:01"), "1", text="x"))
        centre.verify()
        facts = facts_of(centre)
        settled = Counter(fact.incident for fact in facts if fact.cause and fact.cause.startswith("catalogue/"))
        assert settled == Counter(f"press-monitoring:{n}" for n in range(count))
        assert {fact.dues["resolve"] for fact in facts if fact.cause and fact.dues and "catalogue/" in fact.cause} == {
            at("2024-04-19 08:30")
        }
        assert sum(fact.kind is FactKind.CATALOGUE for fact in facts) == 1


def _decree(folder: Path) -> None:
    """Let the 17th be decreed a holiday."""
    calendars = folder / "calendars.yml"
    decreed = '    holidays:\n      - {date: 2024-04-17, name: "Decreed later"}\n'
    calendars.write_text(calendars.read_text().replace("    holidays:\n", decreed, 1))


def _stop(centre: RunningCity, worker: int) -> None:
    centre.workers[worker].terminate()
    centre.workers[worker].wait(timeout=30)


def _check_missing_files(centre: RunningCity, kafka: str) -> None:
    """Without the files it was folded by, a part of the log cannot be computed again, and that is said."""
    first = read(centre.bootstrap, Topic.CATALOGUES)[0].key
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send(Topic.CATALOGUES, None, key=first).get(timeout=30)
    producer.close()
    result = centre.run("verify", "--wait", "60")
    assert result.returncode == 4, result.stdout + result.stderr
    assert first.decode() in result.stderr
