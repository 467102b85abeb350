"""The script of the scripted API: what it sends to the screen, and the requests it has received."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.http.json import Json


def stamp(at: datetime) -> str:
    """Return an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class SentRequest(NamedTuple):
    """A POST request of the screen."""

    path: str
    body: Json
    key: str | None
    token: str | None


class Script:
    """The state of the scripted API, and the open connections of its feed.

    A thread answers each request while the test changes the state, so both hold the lock while they read or change it.
    """

    def __init__(self, now: datetime, catalogue: Json, figures: Json) -> None:
        self.now = now
        self.catalogue = catalogue
        self.figures = figures
        self.rows: dict[str, Json] = {}
        self.details: dict[str, Json] = {}
        self.indicators: list[Json] = []
        self.most_open = 5_000
        self.search_results: list[Json] = []
        self.searches: list[list[tuple[str, str]]] = []
        self.war_room: str | None = None
        self.notifications: dict[str, list[Json]] = {}
        self.windows: list[Json] = []
        self.dossiers: dict[str, list[Json]] = {}
        self.periods: list[dict[str, str]] = []
        self.period: Json = {}
        self.reporters: dict[str, Json] = {}
        self.reporter_lookups: list[tuple[str, str | None]] = []
        self.commands: list[tuple[str, str, Json]] = []
        self.requests: list[SentRequest] = []
        self.accepted: list[Json] = []
        self.cursor = 0
        self.is_down = False
        self.details_are_down = False
        self.error: tuple[int, Json] | None = None
        self._connections: set[queue.Queue[bytes | None]] = set()
        self._lock = threading.RLock()

    def snapshot(self) -> Json:
        rows = list(self.rows.values())
        figures = {"figures": self.figures, "indicators": self.indicators, "most_open": self.most_open}
        return {"cursor": str(self.cursor), "now": stamp(self.now), "incidents": rows, **figures}

    def push(self, kind: str, body: Json) -> None:
        with self._lock:
            self.cursor += 1
            message = self.message(kind, body)
            for connection in self._connections:
                connection.put(message)

    def message(self, kind: str, body: Json) -> bytes:
        data = json.dumps(body, ensure_ascii=False)
        return f"id: {self.cursor}\nevent: {kind}\ndata: {data}\n\n".encode()

    def upsert(self, **changes: Any) -> None:
        with self._lock:
            row = {**self.rows.get(changes["id"], {}), **changes}
            row["version"] = row.get("version", 0) + 1
            self.rows[row["id"]] = row
            self.push("incident", {"upserts": [row], "removed": []})

    def tick(self, **changes: Any) -> None:
        body = {
            "now": stamp(self.now),
            "wall": stamp(datetime.now(UTC)),
            "speed": 1.0,
            "lag": 0,
            "as_of": stamp(self.now),
            "stale": False,
            "partitions": [],
            "sources": {},
            "build": "test",
        }
        self.push("tick", body | changes)

    def disconnect(self) -> None:
        """Close every connection and refuse new ones, until `reconnect`."""
        with self._lock:
            self.is_down = True
            for connection in self._connections:
                connection.put(None)

    def reconnect(self) -> None:
        self.is_down = False

    @contextmanager
    def listen(self) -> Iterator[queue.Queue[bytes | None]]:
        connection: queue.Queue[bytes | None] = queue.Queue()
        with self._lock:
            # A request from before `disconnect` must not listen after it: nobody would close its connection.
            connection.put(None if self.is_down else self.message("snapshot", self.snapshot()))
            self._connections.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._connections.discard(connection)

    def maintain(self, path: str, body: Json, key: str) -> Json:
        """Open or end a maintenance window, and return it."""
        with self._lock:
            return self._maintain(path, body, key)

    def _maintain(self, path: str, body: Json, key: str) -> Json:
        if path == "/maintenance":
            window = {"id": f"mw-{key}", "stage": "active", "scope": body["scope"], "from": body["from"]}
            window |= {"to": body["to"], "by": body["actor"], "why": body["why"], "incidents": 0}
        else:
            window = next(candidate for candidate in self.windows if candidate["id"] == path.split("/")[2])
            window = window | {"stage": "over", "ended_at": stamp(self.now), "ended_by": body["actor"]}
            window |= {"ended_why": body["why"]}
        ended = {"ended_at": None, "ended_by": None, "ended_why": None, "opened_at": stamp(self.now)}
        self.windows = [ended | window, *(other for other in self.windows if other["id"] != window["id"])]
        return self.windows[0]

    def command(self, incident: str, name: str, body: Json, key: str) -> Json:
        self.commands.append((incident, name, body))
        response = {
            "event_id": key,
            "source": "/ioc/operators",
            "incident": incident,
            "type": name,
            "time": stamp(self.now),
        }
        self.accepted.append(response)
        return response
