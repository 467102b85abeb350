"""Directives and the urgent path through the real streams: whose they are, who answers, whose deadline is over."""

import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc.catalogue.reading.load import hue_folder
from ioc.core.dead_letter import ErrorHeader
from ioc.core.times import HOUR, MINUTE, SECOND, Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import decode_fact
from tests.city import RunningCity, city
from tests.streams.log import publish, read
from tests.streams.policies.story import as_of, wait_for_event_clock
from tests.unit.samples import at, body, keys_file

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
KEY = b"field-reports:1"
T = at("2026-04-14 08:00")
DUE = T + 2 * HOUR
PARTITIONS = 4


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give all processes a catalogue with the tests' public keys."""
    folder = tmp_path / "catalogue"
    shutil.copytree(hue_folder(), folder)
    (folder / "keys.yml").write_text(keys_file())
    monkeypatch.setenv("IOC_CATALOGUE", str(folder))


def happened(event_type: str, moment: Instant, event_id: str, **data: Any) -> tuple[bytes, bytes]:
    return KEY, body(event_type, moment, event_id, **data)


def altered(record: tuple[bytes, bytes], event_id: str, **changes: Any) -> tuple[bytes, bytes]:
    """Return a directive under another id with other words, and the signature it had."""
    event = msgspec.json.decode(record[1])
    event["id"] = event_id
    event["data"] |= changes
    event["data"] = {name: word for name, word in event["data"].items() if word is not None}
    return KEY, msgspec.json.encode(event)


DIRECTIVE = happened("directed", T + MINUTE, "d", units=["pc-hue", "hepco"], due=to_rfc3339(DUE), text="Cắt điện")
REFUSED = {
    "unsigned": altered(DIRECTIVE, "d", signature=None),
    "bad_signature: data.signature": altered(DIRECTIVE, "d", units=["pc-hue", "hepco", "csgt"]),
    "bad_signature": altered(DIRECTIVE, "again"),
    "not_directed": happened("directive_done", T + HOUR, "n9", directive="d", unit="csgt"),
    "unknown_directive": happened("directive_done", T + HOUR, "n8", directive="x", unit="pc-hue"),
    "lowered_silently: data.actor": happened("updated", T + HOUR, "u1", priority="normal"),
}
STORY = [
    happened("reported", T, "r", service="field-reports", priority="urgent", unit="cay-xanh", ward="19753"),
    DIRECTIVE,
    DIRECTIVE,
    *REFUSED.values(),
    happened("directive_acknowledged", T + 11 * MINUTE, "a1", directive="d", unit="pc-hue"),
    happened("directive_acknowledged", T + 21 * MINUTE, "a2", directive="d", unit="hepco"),
    happened("directive_done", T + 61 * MINUTE, "n1", directive="d", unit="pc-hue", text="xong"),
    as_of(DUE + 40 * MINUTE),
    happened("directive_done", DUE + HOUR + MINUTE, "n2", directive="d", unit="hepco", text="xong"),
    happened("updated", DUE + 2 * HOUR, "u2", priority="high", actor="Ca trực 1", text="Nước đã rút"),
]


def facts(centre: RunningCity, partitions: int = PARTITIONS) -> list[Fact]:
    return [decode_fact(record.value) for record in read(centre.bootstrap, Topic.FACTS, partitions)]


def test_a_directive_is_signed_answered_by_each_unit_and_late_for_one_of_them(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path, partitions=PARTITIONS) as centre:
        centre.start_worker()
        publish(kafka, *STORY)
        centre.verify()
        check_refusals(centre)
        decided = facts(centre)
        check_announcements([fact for fact in decided if fact.directive and fact.cause is None])
        check_urgency(decided)
        centre.start_api()
        wait_for_event_clock(centre)
        check_picture(centre)


def check_refusals(centre: RunningCity) -> None:
    letters = read(centre.bootstrap, Topic.DEAD_LETTERS, PARTITIONS)
    reasons = [dict(letter.headers)[ErrorHeader.REASON].decode() for letter in letters]
    assert [expected for expected in REFUSED if not any(reason.startswith(expected) for reason in reasons)] == []
    assert len(reasons) == len(REFUSED)


def check_announcements(announced: list[Fact]) -> None:
    """The unit that was late is warned, and it is escalated; of the other nothing is announced."""
    assert [(fact.kind, fact.unit, fact.level, fact.recipient) for fact in announced] == [
        (FactKind.WARNED, "hepco", 0, None),
        (FactKind.BREACHED, "hepco", 0, "ubnd-tp"),
        (FactKind.ESCALATED, "hepco", 1, "ioc"),
        (FactKind.ESCALATED, "hepco", 2, "van-phong-ubnd"),
    ]


def check_urgency(decided: list[Fact]) -> None:
    kinds = (FactKind.URGENT, FactKind.LOWERED)
    everybody = ("cay-xanh", "ioc", "van-phong-ubnd", "cong-an-tp", "pc-hue", "hepco")
    assert [(fact.kind, fact.units) for fact in decided if fact.kind in kinds] == [
        (FactKind.URGENT, everybody[:4]),
        (FactKind.URGENT, everybody[4:]),
        (FactKind.LOWERED, everybody),
    ]


def check_picture(centre: RunningCity) -> None:
    incident = centre.get("incidents/field-reports:1")
    (directive,) = incident["directives"]
    assert (incident["priority"], directive["by"], incident["directives_open"]) == ("high", "ubnd-tp", 0)
    assert [(answer["unit"], answer["on_time"], answer["level"]) for answer in directive["units"]] == [
        ("pc-hue", True, 0),
        ("hepco", False, 2),
    ]
    day = "from=2026-04-14T00:00:00%2B07:00&to=2026-04-15T00:00:00%2B07:00"
    units = {code: group["directives"] for code, group in centre.get(f"figures/period?{day}&by=unit")["groups"].items()}
    counts = {
        code: (unit["given"], unit["acknowledged"], unit["on_time"], unit["late"]) for code, unit in units.items()
    }
    assert (counts["pc-hue"], counts["hepco"], counts["cay-xanh"]) == ((1, 1, 1, 0), (1, 1, 0, 1), (0, 0, 0, 0))
    assert units["pc-hue"]["acknowledge"]["mean_s"] == 10 * 60
    assert units["hepco"]["doing"]["mean_s"] == 3 * 3600


def test_by_the_wall_a_breach_is_told_once_across_a_restart(kafka: str, tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    due = to_rfc3339(now + 3 * SECOND)
    directive = happened("directed", now, "d", units=["pc-hue", "hepco"], due=due)
    done = happened("directive_done", now + 1, "n1", directive="d", unit="hepco")
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, happened("reported", now - 1, "r", service="field-reports"), done, directive)
        until_breached(centre)
        centre.kill_worker(0)
        centre.start_worker()
        centre.settle()
        centre.verify()
        breached = [fact for fact in facts(centre, 1) if fact.kind is FactKind.BREACHED and fact.directive]
        assert [(fact.unit, fact.late_input) for fact in breached] == [("pc-hue", False)]


def until_breached(centre: RunningCity) -> None:
    deadline = time.monotonic() + 40
    while not any(fact.kind is FactKind.BREACHED and fact.directive for fact in facts(centre, 1)):
        assert time.monotonic() < deadline, centre.logs()
        time.sleep(0.3)
