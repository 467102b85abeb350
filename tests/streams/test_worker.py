"""What crosses the broker: refused records kept whole, and deadlines announced once, by a real worker."""

import time
from pathlib import Path

import msgspec
import pytest

from ioc.core.dead_letter import ErrorHeader
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import decode_fact
from tests.city import RunningCity, city
from tests.streams.log import publish, read, until
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
KEY = b"field-reports:1"
NOW: Instant = time.time_ns() // 1_000_000


def test_refused_records_are_kept_whole_and_the_stream_goes_on(kafka: str, tmp_path: Path) -> None:
    good = body("reported", NOW, "e1", service="field-reports", ward="19753")
    naive = good.replace(to_rfc3339(NOW).encode(), b"2026-11-23T08:00:00")
    refused = {
        "not_json": (KEY, b"{not json"),
        "invalid: id: missing": (KEY, good.replace(b'"id":"e1",', b"")),
        "time zone": (KEY, naive),
        "unknown_type": (KEY, good.replace(b"reported.v1", b"exploded.v1")),
        "not_in_catalogue": (KEY, good.replace(b'"service":"field-reports"', b'"service":"nobody"')),
        "illegal_move": (KEY, body("resumed", NOW, "e2")),
        "too_large": (KEY, b"x" * 5_000_000),
        "not_utf8": (KEY, b'{"specversion":"\xff"}'),
        "wrong_key": (b"another", good.replace(b'"e1"', b'"e3"')),
    }
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, good), *refused.values(), (KEY, body("resolved", NOW + 1, "e9")))
        letters = until(len(refused), centre, Topic.DEAD_LETTERS)
        for (reason, (key, value)), letter in zip(refused.items(), letters, strict=True):
            headers = dict(letter.headers)
            assert reason in headers[ErrorHeader.REASON].decode()
            assert (letter.key, letter.value) == (key, value)
            assert headers[ErrorHeader.TOPIC] == b"ioc.events"
        kinds = [decode_fact(record.value).kind for record in until(4, centre, Topic.FACTS)]
        assert FactKind.RESOLVED in kinds, "the stream did not stop"
        verify = centre.run("verify", "--wait", "30")
        assert verify.returncode == 0, verify.stdout + verify.stderr
        metrics = centre.metrics()
        assert metrics['ioc_fold_records_total{partition="0",topic="ioc.events"}'] == len(refused) + 2
        of_reasons = {name: count for name, count in metrics.items() if name.startswith("ioc_fold_refused_total")}
        assert sum(of_reasons.values()) == len(refused), of_reasons
        assert of_reasons['ioc_fold_refused_total{reason="not_json"}'] == 1
        check_dead_letter_commands(centre, len(refused))


def check_dead_letter_commands(centre: RunningCity, refused: int) -> None:
    """What the engineer does with dead letters: offset 1 is the one that is not JSON."""
    listed = centre.run("dead-letters", "list").stdout
    assert f"{refused} dead letters" in listed
    assert "0:1" in listed
    assert "{not json" not in listed, "a list tells nothing of what the records say"
    shown = centre.run("dead-letters", "show", "0:1")
    assert shown.stdout == "{not json"
    assert "not_json" in shown.stderr
    assert centre.run("dead-letters", "show", "0:999").returncode == 1
    assert centre.run("dead-letters", "replay").returncode == 2, "everything at once is never meant"
    replayed = centre.run("dead-letters", "replay", "0:1")
    assert "1 published again" in replayed.stdout, replayed.stderr
    again = until(refused + 1, centre, Topic.DEAD_LETTERS)[-1]
    assert (again.key, again.value) == (KEY, b"{not json")


def test_a_deadline_is_announced_once_across_a_restart(kafka: str, tmp_path: Path) -> None:
    due = to_rfc3339(NOW + 1000)
    report = body("reported", NOW, "e1", service="field-reports", due={"resolve": due})
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, report))
        until(3, centre, Topic.FACTS)
        centre.kill_worker(0)
        centre.start_worker()
        publish(kafka, (KEY, body("noted", NOW + 1, "e2", text="x")), (KEY, body("rated", NOW + 2, "e3", score=1)))
        until(1, centre, Topic.DEAD_LETTERS)  # the rating is refused: by then the worker folds again
        time.sleep(2)
        facts = [decode_fact(record.value) for record in read(kafka, Topic.FACTS)]
        assert len(breaches(facts)) == 1, [msgspec.json.encode(fact) for fact in facts]


def breaches(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind is FactKind.BREACHED and fact.target == "resolve"]


def test_a_worker_that_is_told_to_stop_leaves_nothing_open(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        worker = centre.start_worker()
        publish(kafka, (KEY, body("reported", NOW, "e1", service="field-reports")))
        until(1, centre, Topic.FACTS)
        worker.terminate()
        assert worker.wait(timeout=60) == 0
        assert "Unclosed" not in centre.logs()
        assert "Closing event loop" in centre.logs()
