"""Deadlines through the real streams: policies, steps and explanations, restarts, outages."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc.core.times import HOUR, MINUTE, SECOND, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import FactKind
from tests.city import RunningCity, city
from tests.streams.log import publish, read
from tests.streams.policies.rules import ON_PRIORITY, ON_REOPEN
from tests.streams.policies.story import (
    as_of,
    command,
    facts_of,
    happened,
    in_order,
    of,
    utc,
    wait_for_event_clock,
    wait_for_facts,
)
from tests.unit.samples import at

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def test_policies_steps_and_pauses_are_what_the_api_explains(kafka: str, tmp_path: Path, folder: Path) -> None:
    """V2, V7, V10, V11 and V12, played as the services would; every due is explained."""
    changed = [
        happened(service, event_type, at(moment), **data)
        for service in ON_PRIORITY
        for event_type, moment, data in (
            ("reported", "2024-04-15 13:30", {}),
            ("updated", "2024-04-16 10:00", {"priority": "high"}),
        )
    ]
    reopened = [
        happened(service, event_type, at(moment))
        for service in ON_REOPEN
        for event_type, moment in (
            ("reported", "2024-04-16 08:00"),
            ("resolved", "2024-04-16 14:30"),
            ("reopened", "2024-04-19 09:00"),
        )
    ]
    others = [
        happened("traffic-cameras", "reported", at("2024-04-16 08:00")),
        happened("one-stop-shop", "reported", at("2024-04-16 08:00")),
        happened("one-stop-shop", "paused", at("2024-04-16 09:00")),
        happened("one-stop-shop", "resumed", at("2024-04-17 09:00")),
        happened("one-stop-shop", "reported", at("2024-04-17 16:00"), "2"),
        happened("fishing-boats", "reported", at("2024-04-16 08:00")),
        happened("fishing-boats", "acknowledged", at("2024-04-16 08:01")),
    ]
    with city(kafka, tmp_path, partitions=1) as centre:
        centre.start_worker()
        centre.start_api()
        publish(kafka, *in_order(*changed, *reopened, *others))
        wait_for_facts(centre, lambda facts: bool(of(facts, FactKind.REOPENED, "electronic-card:1")))
        wait_for_event_clock(centre)
        deadlines = _deadlines(centre, [*ON_PRIORITY, *ON_REOPEN, "traffic-cameras", "one-stop-shop"])
        assert {service: deadlines[service]["due"] for service in deadlines} == {
            "field-reports": utc("2024-04-16 08:00"),
            "environment": utc("2024-04-16 10:00"),
            "health": utc("2024-04-16 16:00"),
            "education": utc("2024-04-16 14:30"),
            "order-cameras": utc("2024-04-19 14:30"),
            "press-monitoring": utc("2024-04-22 09:30"),
            "electronic-card": utc("2024-04-17 08:30"),
            "traffic-cameras": utc("2024-04-17 08:30"),
            "one-stop-shop": utc("2024-04-17 14:00"),
        }
        paused = deadlines["one-stop-shop"]
        assert (paused["rule"], paused["calendar"], paused["start"]) == (
            "paused",
            "hanh-chinh",
            utc("2024-04-16 08:00"),
        )
        assert paused["pauses"] == [{"from": utc("2024-04-16 09:00"), "to": utc("2024-04-17 09:00")}]
        assert paused["total_s"] == 4 * 3600
        over_a_holiday = centre.get("incidents/one-stop-shop:2")["deadlines"][0]
        assert over_a_holiday["due"] == utc("2024-04-19 10:30")
        assert [day["date"] for day in over_a_holiday["skipped"]] == ["2024-04-18"]
        _check_steps(centre, kafka)
        wait_for_facts(centre, lambda facts: bool(of(facts, FactKind.LAPSED, "fishing-boats:1")))
        centre.verify()


def _deadlines(centre: RunningCity, services: Iterable[str]) -> Mapping[str, Any]:
    return {
        service: next(
            deadline
            for deadline in centre.get(f"incidents/{service}:1")["deadlines"]
            if deadline["target"] == "resolve"
        )
        for service in services
    }


def _check_steps(centre: RunningCity, kafka: str) -> None:
    """V12: warned at 80 %, then each step at its moment, and the last repeated three times."""
    publish(kafka, as_of(at("2024-04-20 00:00")))  # no step is left: it has fallen silent
    escalated = [(1, "08:30"), *((2, hour) for hour in ("09:30", "11:30", "13:30", "15:30"))]
    facts = wait_for_facts(
        centre, lambda facts: len(of(facts, FactKind.ESCALATED, "traffic-cameras:1")) >= len(escalated)
    )
    assert [fact.time for fact in of(facts, FactKind.WARNED, "traffic-cameras:1")] == [at("2024-04-16 16:24")]
    steps = [(fact.level, fact.time) for fact in of(facts, FactKind.ESCALATED, "traffic-cameras:1")]
    assert steps == [(level, at(f"2024-04-17 {hour}")) for level, hour in escalated]


def test_an_outage_of_six_hours_gives_one_escalation_at_the_present_level(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    """Reports of seven hours ago and what came after them wait in the backlog when the workers come back."""
    now = time.time_ns() // 1_000_000
    long_ago = now - 7 * HOUR
    unresolved, in_time, late = range(20), range(20, 40), range(40, 45)
    events = [happened("flood-rain", "reported", long_ago, str(number)) for number in range(45)]
    events += [happened("flood-rain", "resolved", long_ago + 20 * MINUTE, str(number)) for number in in_time]
    events += [happened("flood-rain", "resolved", now - 2 * HOUR, str(number)) for number in late]
    events.append(happened("flood-rain", "reported", now - 2 * HOUR, "young"))
    with city(kafka, tmp_path, partitions=2, clock="wall") as centre:
        publish(kafka, *events)
        centre.start_worker()
        facts = wait_for_facts(centre, lambda facts: sum(fact.kind is FactKind.ESCALATED for fact in facts) >= 21, 2)
        centre.verify()
        escalated = [(fact.incident, fact.level) for fact in facts if fact.kind is FactKind.ESCALATED]
        present = [(f"flood-rain:{number}", 3) for number in unresolved]
        assert sorted(escalated) == sorted([*present, ("flood-rain:young", 2)])
        breached = Counter(fact.incident for fact in facts if fact.kind is FactKind.BREACHED)
        assert breached == Counter(["flood-rain:young", *(f"flood-rain:{number}" for number in (*unresolved, *late))])
        assert not any(fact.late_input for fact in facts)


def test_what_is_to_come_while_a_worker_is_killed_comes_once(kafka: str, tmp_path: Path, folder: Path) -> None:
    """An escalation, a lapse and the end of a shelving fall due after the worker was killed, and once only."""
    now = time.time_ns() // 1_000_000
    boat, held, shelf = "fishing-boats:1", "fishing-boats:2", "fishing-boats:3"
    events = [happened("fishing-boats", "reported", now, subject) for subject in "123"]
    events[0] = happened("fishing-boats", "reported", now, due={"resolve": to_rfc3339(now + SECOND)})
    events.append(happened("fishing-boats", "acknowledged", now + 1, "2"))
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        centre.start_api()
        publish(kafka, *events)
        wait_for_facts(
            centre, lambda facts: bool(of(facts, FactKind.BREACHED, boat)) and bool(of(facts, FactKind.DUE_SET, shelf))
        )
        until = to_rfc3339(time.time_ns() // 1_000_000 + 5 * SECOND)
        command(centre, shelf, "shelve", actor="Ca trực 1", text="Chờ nước rút", until=until)
        wait_for_facts(centre, lambda facts: bool(of(facts, FactKind.SHELVED, shelf)))
        row = centre.get(f"incidents/{shelf}")
        assert (row["shelved_until"], row["shelved_by"]) == (until, "Ca trực 1")
        assert "unshelve" in row["commands"]
        centre.kill_worker(0)
        expected = [(FactKind.ESCALATED, boat), (FactKind.LAPSED, held), (FactKind.RETURNED, shelf)]
        centre.start_worker(IOC_GROUP="second")  # another group need not wait until the first is known to be dead
        wait_for_facts(centre, lambda facts: all(of(facts, *key) for key in expected))
        centre.kill_worker(1)
        centre.start_worker(IOC_GROUP="third")
        publish(kafka, happened("fishing-boats", "noted", now + MINUTE, "2", text="x"))
        wait_for_facts(centre, lambda facts: time.time_ns() // 1_000_000 > now + 12 * SECOND)
        centre.verify()
        facts = facts_of(centre)
        assert [len(of(facts, *key)) for key in [(FactKind.BREACHED, boat), *expected]] == [1, 1, 1, 1]
        _check_lapse_and_return(centre, held, shelf)


def _check_lapse_and_return(centre: RunningCity, held: str, shelf: str) -> None:
    own = [
        msgspec.json.decode(record.value)["type"]
        for record in read(centre.bootstrap, Topic.EVENTS)
        if b"/operations-centre/moments/" in record.value
    ]
    assert sorted(own) == ["vn.ioc.incident.lapsed.v1", "vn.ioc.incident.unshelved.v1"]
    lapsed = centre.get(f"incidents/{held}")
    assert (lapsed["state"], lapsed["lapses"]) == ("reported", 1)
    acknowledge = next(deadline for deadline in lapsed["deadlines"] if deadline["target"] == "acknowledge")
    assert (acknowledge["status"], acknowledge["met_at"]) == ("running", None)
    assert centre.get(f"incidents/{shelf}")["shelved_until"] is None
