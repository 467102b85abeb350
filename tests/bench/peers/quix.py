"""Quix Streams at the same records: `trivial` keeps each incident's last event and sends it on; `fold` folds a little.

It runs in an environment of its own, which has nothing of this project's but `lap.py`.
"""

import sys
import tempfile
from typing import Any

import orjson
from quixstreams import Application, State

from tests.bench.contestants.lap import Lap

_ENDS = {"resolved", "cancelled", "rejected"}


def parse(value: bytes) -> dict[str, Any]:
    """Return the event; some are broken."""
    try:
        event: dict[str, Any] = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    return event


def keep(event: dict[str, Any], state: State) -> dict[str, Any]:
    """Keep the incident's last event."""
    state.set("last", event)
    return event


def fold(event: dict[str, Any], state: State) -> dict[str, Any]:
    """Fold the event into its incident: what was reported, where it stands, which events it was made of."""
    incident = state.get("incident") or {"events": [], "state": "pending"}
    if event.get("id") in incident["events"]:
        return incident
    incident["events"].append(event.get("id"))
    event_type = event.get("type", "").split(".")[-2:-1]
    if event_type == ["reported"]:
        incident |= {name: event["data"].get(name) for name in ("service", "category", "ward", "unit", "priority")}
        incident["reported_at"] = event["time"]
    incident["state"] = event_type[0] if event_type else incident["state"]
    if incident["state"] in _ENDS:
        incident["closed_at"] = event["time"]
    state.set("incident", incident)
    return incident


def main(bootstrap: str, source: str, target: str, wanted: str, what: str) -> None:
    """Run until so many records are done."""
    app = Application(
        bootstrap,
        consumer_group=f"quix-{what}",
        auto_offset_reset="earliest",
        state_dir=tempfile.mkdtemp(),
        loglevel="ERROR",
    )
    lap = Lap(int(wanted))

    def count(_: Any) -> None:
        if lap.add():
            lap.report()

    def begin(_: Any) -> None:
        lap.begin()

    frame = app.dataframe(app.topic(source, value_deserializer="bytes", key_deserializer="bytes"))
    frame = frame.update(begin).apply(parse).apply(keep if what == "trivial" else fold, stateful=True)
    frame = frame.to_topic(app.topic(target, value_serializer="json", key_serializer="bytes"))
    frame.update(count)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
