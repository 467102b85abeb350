"""What a scripted API shows and is sent: incidents, figures, feed messages, and the lines to those who listen."""

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
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class SentCommand(NamedTuple):
    """What the screen ordered, as it was sent."""

    path: str
    body: Json
    key: str | None
    token: str | None


class Script:
    """What the server shows, and the lines to those who listen.

    A thread answers each request while the test changes what is shown, so both hold the lock while they read or change
    it.
    """

    def __init__(self, now: datetime, catalogue: Json, figures: Json) -> None:
        self.now = now
        self.catalogue = catalogue
        self.figures = figures
        self.rows: dict[str, Json] = {}
        self.details: dict[str, Json] = {}
        self.indicators: list[Json] = []
        self.most_open = 5_000
        self.behind: list[Json] = []
        self.sought: list[list[tuple[str, str]]] = []
        self.war_room: str | None = None
        self.notifications: dict[str, list[Json]] = {}
        self.windows: list[Json] = []
        self.dossiers: dict[str, list[Json]] = {}
        self.periods: list[dict[str, str]] = []
        self.period: Json = {}
        self.reporters: dict[str, Json] = {}
        self.looks: list[tuple[str, str | None]] = []
        self.posted: list[tuple[str, str, Json]] = []
        self.orders: list[SentCommand] = []
        self.answered: list[Json] = []
        self.cursor = 0
        self.down = False
        self.details_down = False
        self.refusal: tuple[int, Json] | None = None
        self._lines: set[queue.Queue[bytes | None]] = set()
        self._lock = threading.RLock()

    def snapshot(self) -> Json:
        rows = list(self.rows.values())
        more = {"figures": self.figures, "indicators": self.indicators, "most_open": self.most_open}
        return {"cursor": str(self.cursor), "now": stamp(self.now), "incidents": rows, **more}

    def push(self, kind: str, body: Json) -> None:
        with self._lock:
            self.cursor += 1
            message = self.message(kind, body)
            for line in self._lines:
                line.put(message)

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

    def cut(self) -> None:
        """Break every line and refuse new ones, until `mend`."""
        with self._lock:
            self.down = True
            for line in self._lines:
                line.put(None)

    def mend(self) -> None:
        self.down = False

    @contextmanager
    def listen(self) -> Iterator[queue.Queue[bytes | None]]:
        line: queue.Queue[bytes | None] = queue.Queue()
        with self._lock:
            # A request that came in before a cut must not begin to listen after it: nobody would end its line.
            line.put(None if self.down else self.message("snapshot", self.snapshot()))
            self._lines.add(line)
        try:
            yield line
        finally:
            with self._lock:
                self._lines.discard(line)

    def maintain(self, path: str, body: Json, key: str) -> Json:
        """Open or end a maintenance window, as asked."""
        with self._lock:
            return self._maintain(path, body, key)

    def _maintain(self, path: str, body: Json, key: str) -> Json:
        if path == "/maintenance":
            window = {"id": f"mw-{key}", "stage": "active", "scope": body["scope"], "from": body["from"]}
            window |= {"to": body["to"], "by": body["actor"], "why": body["why"], "incidents": 0}
        else:
            window = next(one for one in self.windows if one["id"] == path.split("/")[2])
            window = window | {"stage": "over", "ended_at": stamp(self.now), "ended_by": body["actor"]}
            window |= {"ended_why": body["why"]}
        ended = {"ended_at": None, "ended_by": None, "ended_why": None, "opened_at": stamp(self.now)}
        self.windows = [ended | window, *(one for one in self.windows if one["id"] != window["id"])]
        return self.windows[0]

    def command(self, incident: str, name: str, body: Json, key: str) -> Json:
        self.posted.append((incident, name, body))
        answer = {
            "event_id": key,
            "source": "/ioc/operators",
            "incident": incident,
            "type": name,
            "time": stamp(self.now),
        }
        self.answered.append(answer)
        return answer
