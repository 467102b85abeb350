"""Stories for the tests of policies: what happens to incidents, and the facts that come of it."""

import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import decode_fact
from tests.city import RunningCity
from tests.streams.log import read
from tests.unit.samples import at, body


def happened(service: str, event_type: str, moment: Instant, subject: str = "1", **data: Any) -> tuple[bytes, bytes]:
    """Return the key and value of an event of the incident <service>:<subject>."""
    if event_type == "reported":
        data = {"service": service, **data}
    value = body(event_type, moment, f"{event_type}-{moment}", subject, f"/hue/{service}", **data)
    return f"{service}:{subject}".encode(), value


def in_order(*events: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return events in the order in which they happened: a replay announces each deadline at its own moment."""
    return sorted(events, key=lambda event: str(msgspec.json.decode(event[1])["time"]))


def as_of(moment: Instant) -> tuple[bytes, bytes]:
    """Return a watermark: the clock of a replay has come to a moment."""
    return b"", body("reported", moment, f"as-of-{moment}").replace(b"incident.reported", b"clock.asof")


def wait_for_event_clock(centre: RunningCity) -> None:
    """Wait until the API has heard from the worker that time is the events' own."""
    deadline = time.monotonic() + 20
    while centre.get("figures")["clock"] != "event":
        assert time.monotonic() < deadline, centre.logs()
        time.sleep(0.2)


def command(centre: RunningCity, incident_id: str, name: str, **payload: str) -> None:
    """Give a command to the API, which accepts it."""
    request = urllib.request.Request(f"{centre.url}incidents/{incident_id}/{name}", msgspec.json.encode(payload))
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 202


def wait_for_facts(
    centre: RunningCity, is_enough: Callable[[list[Fact]], object], partitions: int = 1, seconds: float = 40
) -> list[Fact]:
    """Return all facts once there are enough of them."""
    deadline = time.monotonic() + seconds
    while not is_enough(facts := facts_of(centre, partitions)):
        counts = Counter((fact.kind, fact.incident) for fact in facts)
        assert time.monotonic() < deadline, f"{counts}\n{centre.logs()}"
        time.sleep(0.3)
    return facts


def facts_of(centre: RunningCity, partitions: int = 1) -> list[Fact]:
    return [decode_fact(record.value) for record in read(centre.bootstrap, Topic.FACTS, partitions)]


def of(facts: Iterable[Fact], kind: FactKind, incident_id: str) -> list[Fact]:
    return [fact for fact in facts if (fact.kind, fact.incident) == (kind, incident_id)]


def utc(local: str) -> str:
    """Return a local time as the API writes it."""
    return to_rfc3339(at(local))
