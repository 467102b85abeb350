"""Deadlines through the real streams: policies, steps and explanations, restarts, outages, a changed catalogue."""

import shutil
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer

from ioc.catalogue.reading.load import hue_folder
from ioc.core.times import HOUR, MINUTE, SECOND, Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import decode_fact
from tests.city import City, city
from tests.streams.test_worker import publish, read
from tests.unit.samples import at, body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

ON_PRIORITY = {
    "field-reports": "retroactive",
    "environment": "keep-elapsed",
    "health": "reset",
    "education": "proportional",
}
ON_REOPEN = {"order-cameras": "continue", "press-monitoring": "reset", "electronic-card": "never-paused"}


def _rule(id: str, service: str, targets: str, *more: str, match: str = "", calendar: str = "hanh-chinh") -> str:
    fixed = f"{{service: {service}{match}}}"
    return "\n    ".join([f"  - id: {id}", f"match: {fixed}", f'calendar: "{calendar}"', f"targets: {targets}", *more])


LADDER = (
    "ladder: [{level: 1, whom: ioc}, {level: 2, after: 1h, in: wall, whom: ubnd-tp, repeat: {every: 2h, times: 3}}]"
)
STEEP = (
    "ladder: [{level: 1, whom: ioc}, {level: 2, after: 1h, whom: ioc}, "
    "{level: 3, after: 5h, whom: ubnd-tp, repeat: {every: 10m, times: 20}}]"
)
SOON = "ladder: [{level: 1, after: 8s, whom: ioc}]"
RULES = [
    *(_rule(f"{name}-normal", name, "{resolve: 16h}", match=", priority: normal") for name in ON_PRIORITY),
    *(
        _rule(f"{name}-high", name, "{resolve: 4h}", f"on_priority: {policy}", match=", priority: high")
        for name, policy in ON_PRIORITY.items()
    ),
    *(_rule(name, name, "{resolve: 8h}", f"on_reopen: {policy}") for name, policy in ON_REOPEN.items()),
    _rule("warned", "traffic-cameras", "{resolve: 8h}", "warn: 0.8", LADDER),
    _rule("paused", "one-stop-shop", "{resolve: 4h}"),
    _rule("steep", "flood-rain", "{resolve: 30m}", STEEP, calendar="247"),
    _rule("soon", "fishing-boats", "{acknowledge: 1h, resolve: 1h}", "acknowledged_for: 6s", SOON, calendar="247"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a catalogue with rules for these tests, for all processes. Its office calendar is that of V1 to V14."""
    folder = tmp_path / "catalogue"
    shutil.copytree(hue_folder(), folder)
    (folder / "rules.yml").write_text("rules:\n" + "\n".join(RULES) + "\n")
    monkeypatch.setenv("IOC_CATALOGUE", str(folder))
    return folder


def happened(service: str, event_type: str, moment: Instant, subject: str = "1", **data: Any) -> tuple[bytes, bytes]:
    """Return the key and value of an event of the incident <service>:<subject>."""
    if event_type == "reported":
        data = {"service": service, **data}
    value = body(event_type, moment, f"{event_type}-{moment}", subject, f"/hue/{service}", **data)
    return f"{service}:{subject}".encode(), value


def in_turn(*events: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return events in the order in which they happened: a replay announces each deadline at its own moment."""
    return sorted(events, key=lambda event: str(msgspec.json.decode(event[1])["time"]))


def as_of(moment: Instant) -> tuple[bytes, bytes]:
    """Return a mark of time: by then the clock of a replay has come."""
    return b"", body("reported", moment, f"as-of-{moment}").replace(b"incident.reported", b"clock.asof")


def asked(centre: City, path: str) -> Any:
    with urllib.request.urlopen(f"{centre.url}{path}", timeout=10) as answer:
        return msgspec.json.decode(answer.read())


def in_its_own_days(centre: City) -> None:
    """Wait until the API has heard from the worker that time is the events' own."""
    give_up = time.monotonic() + 20
    while asked(centre, "figures")["clock"] != "event":
        assert time.monotonic() < give_up, centre.logs()
        time.sleep(0.2)


def ordered(centre: City, id: str, command: str, **said: str) -> None:
    request = urllib.request.Request(f"{centre.url}incidents/{id}/{command}", msgspec.json.encode(said))
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202


def told(centre: City, enough: Callable[[list[Fact]], bool], seconds: float = 40) -> list[Fact]:
    """Return all facts once there are enough of them."""
    give_up = time.monotonic() + seconds
    while not enough(facts := facts_of(centre)):
        counted = Counter((fact.kind, fact.incident) for fact in facts)
        assert time.monotonic() < give_up, f"{counted}\n{centre.logs()}"
        time.sleep(0.3)
    return facts


def facts_of(centre: City) -> list[Fact]:
    return [decode_fact(record.value) for record in read(centre.bootstrap, Topic.FACTS)]  # type: ignore[attr-defined]


def of(facts: Iterable[Fact], kind: FactKind, incident: str) -> list[Fact]:
    return [fact for fact in facts if (fact.kind, fact.incident) == (kind, incident)]


def verified(centre: City) -> None:
    found = centre.run("verify", "--wait", "60")
    assert found.returncode == 0, found.stdout + found.stderr + centre.logs()
    assert "\n0 differences" in found.stdout


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
        publish(kafka, *in_turn(*changed, *reopened, *others))
        told(centre, lambda facts: bool(of(facts, FactKind.REOPENED, "electronic-card:1")))
        in_its_own_days(centre)
        deadlines = _explained(centre, [*ON_PRIORITY, *ON_REOPEN, "traffic-cameras", "one-stop-shop"])
        assert {service: deadlines[service]["due"] for service in deadlines} == {
            "field-reports": _utc("2024-04-16 08:00"),
            "environment": _utc("2024-04-16 10:00"),
            "health": _utc("2024-04-16 16:00"),
            "education": _utc("2024-04-16 14:30"),
            "order-cameras": _utc("2024-04-19 14:30"),
            "press-monitoring": _utc("2024-04-22 09:30"),
            "electronic-card": _utc("2024-04-17 08:30"),
            "traffic-cameras": _utc("2024-04-17 08:30"),
            "one-stop-shop": _utc("2024-04-17 14:00"),
        }
        paused = deadlines["one-stop-shop"]
        assert (paused["rule"], paused["calendar"], paused["start"]) == (
            "paused",
            "hanh-chinh",
            _utc("2024-04-16 08:00"),
        )
        assert paused["pauses"] == [{"from": _utc("2024-04-16 09:00"), "to": _utc("2024-04-17 09:00")}]
        assert paused["total_s"] == 4 * 3600
        over_a_holiday = asked(centre, "incidents/one-stop-shop:2")["deadlines"][0]
        assert over_a_holiday["due"] == _utc("2024-04-19 10:30")
        assert [day["date"] for day in over_a_holiday["skipped"]] == ["2024-04-18"]
        _stepped(centre, kafka)
        told(centre, lambda facts: bool(of(facts, FactKind.LAPSED, "fishing-boats:1")))
        verified(centre)


def _explained(centre: City, services: Iterable[str]) -> Mapping[str, Any]:
    return {
        service: next(one for one in asked(centre, f"incidents/{service}:1")["deadlines"] if one["target"] == "resolve")
        for service in services
    }


def _utc(local: str) -> str:
    return to_rfc3339(at(local))


def _stepped(centre: City, kafka: str) -> None:
    """V12: warned at 80 %, then each rung at its moment, and the last repeated three times."""
    publish(kafka, as_of(at("2024-04-20 00:00")))  # nothing is left to tell of it: it has fallen silent
    escalated = [(1, "08:30"), *((2, hour) for hour in ("09:30", "11:30", "13:30", "15:30"))]
    facts = told(centre, lambda facts: len(of(facts, FactKind.ESCALATED, "traffic-cameras:1")) >= len(escalated))
    assert [fact.time for fact in of(facts, FactKind.WARNED, "traffic-cameras:1")] == [at("2024-04-16 16:24")]
    found = [(fact.level, fact.time) for fact in of(facts, FactKind.ESCALATED, "traffic-cameras:1")]
    assert found == [(level, at(f"2024-04-17 {hour}")) for level, hour in escalated]


def test_an_outage_of_six_hours_gives_one_escalation_at_the_present_level(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    """Reports of seven hours ago and what came after them wait in the backlog when the workers come back."""
    now = time.time_ns() // 1_000_000
    long_ago = now - 7 * HOUR
    left, in_time, late = range(20), range(20, 40), range(40, 45)
    events = [happened("flood-rain", "reported", long_ago, str(number)) for number in range(45)]
    events += [happened("flood-rain", "resolved", long_ago + 20 * MINUTE, str(number)) for number in in_time]
    events += [happened("flood-rain", "resolved", now - 2 * HOUR, str(number)) for number in late]
    events.append(happened("flood-rain", "reported", now - 2 * HOUR, "young"))
    with city(kafka, tmp_path, partitions=2, clock="wall") as centre:
        publish(kafka, *events)
        centre.start_worker()
        facts = told_by_all(centre, 21)
        verified(centre)
        escalated = [(fact.incident, fact.level) for fact in facts if fact.kind is FactKind.ESCALATED]
        present = [(f"flood-rain:{number}", 3) for number in left]
        assert sorted(escalated) == sorted([*present, ("flood-rain:young", 2)])
        breached = Counter(fact.incident for fact in facts if fact.kind is FactKind.BREACHED)
        assert breached == Counter(["flood-rain:young", *(f"flood-rain:{number}" for number in (*left, *late))])
        assert not any(fact.late_input for fact in facts)


def told_by_all(centre: City, escalated: int) -> list[Fact]:
    """Return the facts of both partitions once so many escalations are told, and no more come."""
    give_up = time.monotonic() + 40
    while True:
        facts = [decode_fact(one.value) for one in read(centre.bootstrap, Topic.FACTS, 2)]  # type: ignore[attr-defined]
        if sum(fact.kind is FactKind.ESCALATED for fact in facts) >= escalated:
            return facts
        assert time.monotonic() < give_up, centre.logs()
        time.sleep(0.3)


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
        told(
            centre, lambda facts: bool(of(facts, FactKind.BREACHED, boat)) and bool(of(facts, FactKind.DUE_SET, shelf))
        )
        until = to_rfc3339(time.time_ns() // 1_000_000 + 5 * SECOND)
        ordered(centre, shelf, "shelve", actor="Ca trực 1", text="Chờ nước rút", until=until)
        told(centre, lambda facts: bool(of(facts, FactKind.SHELVED, shelf)))
        row = asked(centre, f"incidents/{shelf}")
        assert (row["shelved_until"], row["shelved_by"]) == (until, "Ca trực 1")
        assert "unshelve" in row["commands"]
        centre.kill_worker(0)
        wanted = [(FactKind.ESCALATED, boat), (FactKind.LAPSED, held), (FactKind.RETURNED, shelf)]
        centre.start_worker(IOC_GROUP="second")  # another group need not wait until the first is known to be dead
        told(centre, lambda facts: all(of(facts, *one) for one in wanted))
        centre.kill_worker(1)
        centre.start_worker(IOC_GROUP="third")
        publish(kafka, happened("fishing-boats", "noted", now + MINUTE, "2", text="x"))
        told(centre, lambda facts: time.time_ns() // 1_000_000 > now + 12 * SECOND)
        verified(centre)
        facts = facts_of(centre)
        assert [len(of(facts, *one)) for one in [(FactKind.BREACHED, boat), *wanted]] == [1, 1, 1, 1]
        _lapsed_and_returned(centre, held, shelf)


def _lapsed_and_returned(centre: City, held: str, shelf: str) -> None:
    own = [
        msgspec.json.decode(record.value)["type"]  # type: ignore[attr-defined]
        for record in read(centre.bootstrap, Topic.EVENTS)
        if b"/operations-centre/moments/" in record.value  # type: ignore[attr-defined]
    ]
    assert sorted(own) == ["vn.ioc.incident.lapsed.v1", "vn.ioc.incident.unshelved.v1"]
    lapsed = asked(centre, f"incidents/{held}")
    assert (lapsed["state"], lapsed["lapses"]) == ("reported", 1)
    acknowledge = next(one for one in lapsed["deadlines"] if one["target"] == "acknowledge")
    assert (acknowledge["status"], acknowledge["met_at"]) == ("running", None)
    assert asked(centre, f"incidents/{shelf}")["shelved_until"] is None


def test_a_decreed_holiday_moves_what_is_open_and_all_can_be_computed_again(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    reports = [happened("press-monitoring", "reported", at("2024-04-16 08:00"), subject) for subject in "12"]
    closed = happened("press-monitoring", "resolved", at("2024-04-17 09:00"), "2")
    with city(kafka, tmp_path, partitions=1) as centre:
        centre.start_worker()
        publish(kafka, *reports, closed)
        told(centre, lambda facts: bool(of(facts, FactKind.RESOLVED, "press-monitoring:2")))
        _stop(centre, 0)
        _decree(folder)
        centre.start_worker(IOC_GROUP="second")
        facts = told(centre, lambda facts: any(fact.kind is FactKind.CATALOGUE for fact in facts))
        centre.start_api()
        in_its_own_days(centre)
        moved, kept = (asked(centre, f"incidents/press-monitoring:{subject}") for subject in "12")
        assert moved["deadlines"][0]["due"] == _utc("2024-04-19 08:30"), "the 18th is off, too"
        assert [day["date"] for day in moved["deadlines"][0]["skipped"]] == ["2024-04-17", "2024-04-18"]
        assert (kept["deadlines"][0]["due"], kept["on_time"]) == (_utc("2024-04-17 08:30"), False)
        (mark,) = (fact for fact in facts if fact.kind is FactKind.CATALOGUE)
        told_of = [fact.incident for fact in facts if fact.cause == mark.id.partition("/")[2]]
        assert told_of == ["press-monitoring:1"]
        publish(kafka, happened("press-monitoring", "reported", at("2024-04-22 08:00"), "3"))
        told(centre, lambda facts: bool(of(facts, FactKind.DUE_SET, "press-monitoring:3")))
        verified(centre)
        _forgotten(centre, kafka)


def test_a_worker_killed_while_it_settles_by_a_new_catalogue_goes_on_where_it_was(
    kafka: str, tmp_path: Path, folder: Path
) -> None:
    number = 1000
    reports = [happened("press-monitoring", "reported", at("2024-04-16 08:00"), str(n)) for n in range(number)]
    with city(kafka, tmp_path, partitions=1) as centre:
        centre.start_worker()
        publish(kafka, *reports)
        told(centre, lambda facts: len(facts) >= 2 * number)
        _stop(centre, 0)
        _decree(folder)
        centre.start_worker(IOC_GROUP="second", IOC_SETTLED_AT_ONCE="1")
        told(centre, lambda facts: any(fact.kind is FactKind.CATALOGUE for fact in facts))
        centre.kill_worker(1)
        before = sum(fact.cause is not None and fact.cause.startswith("catalogue/") for fact in facts_of(centre))
        assert 0 < before < number, "it was not killed half-way"
        centre.start_worker(IOC_GROUP="third")
        publish(kafka, happened("press-monitoring", "noted", at("2024-04-16 08:01"), "1", text="x"))
        verified(centre)
        facts = facts_of(centre)
        settled = Counter(fact.incident for fact in facts if fact.cause and fact.cause.startswith("catalogue/"))
        assert settled == Counter(f"press-monitoring:{n}" for n in range(number))
        assert {fact.dues["resolve"] for fact in facts if fact.cause and fact.dues and "catalogue/" in fact.cause} == {
            at("2024-04-19 08:30")
        }
        assert sum(fact.kind is FactKind.CATALOGUE for fact in facts) == 1


def _decree(folder: Path) -> None:
    """Let the 17th be decreed a holiday."""
    calendars = folder / "calendars.yml"
    decreed = '    holidays:\n      - {date: 2024-04-17, name: "Decreed later"}\n'
    calendars.write_text(calendars.read_text().replace("    holidays:\n", decreed, 1))


def _stop(centre: City, worker: int) -> None:
    centre.workers[worker].terminate()
    centre.workers[worker].wait(timeout=30)


def _forgotten(centre: City, kafka: str) -> None:
    """Without the files it was folded by, a stretch of the log cannot be computed again, and that is said."""
    kept = read(centre.bootstrap, Topic.CATALOGUES)
    first = kept[0].key  # type: ignore[attr-defined]
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send(Topic.CATALOGUES, None, key=first).get(timeout=30)
    producer.close()
    found = centre.run("verify", "--wait", "60")
    assert found.returncode == 4, found.stdout + found.stderr
    assert first.decode() in found.stderr
