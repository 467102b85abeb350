"""The API's contract played from a script, in memory: what the screen's own tests talk to.

It decides nothing. A test says which incidents and figures there are, pushes feed messages, breaks
the line and mends it. The real API is tested with the same screen elsewhere.
"""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

SCREEN = Path(__file__).resolve().parents[2] / "api" / "screen"
Json = dict[str, Any]


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Order(NamedTuple):
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
        self.orders: list[Order] = []
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


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        path, query = unquote(asked.path), dict(parse_qsl(asked.query))
        if self.script.down:
            self.answer(503, {"title": "down", "status": 503})
        elif path == "/stream":
            self.stream()
        elif path == "/incidents":
            self.script.sought.append(parse_qsl(asked.query))
            self.answer(200, {"items": self.script.behind, "next": None, "total": len(self.script.behind)})
        elif path.startswith("/incidents/"):
            self.incident(path.removeprefix("/incidents/"))
        elif path.startswith("/dossiers/"):
            self.dossier(path.removeprefix("/dossiers/"))
        elif path == "/" or path.startswith("/screen/"):
            self.file(SCREEN / (path.removeprefix("/screen/").lstrip("/") or "index.html"))
        else:
            self.named(path, query)

    def named(self, path: str, query: dict[str, str]) -> None:
        script = self.script
        if path == "/catalogue":
            self.answer(200, script.catalogue)
        elif path == "/map":
            self.file(SCREEN / "data" / "wards.json")
        elif path == "/notifications":
            told = script.notifications.get(query["incident"], [])
            self.answer(200, {"items": told, "next": None, "total": len(told)})
        elif path == "/war-room":
            self.answer(200, {"url": script.war_room})
        elif path == "/maintenance":
            self.answer(200, {"items": script.windows, "total": len(script.windows)})
        elif path == "/figures/period":
            script.periods.append(query)
            self.answer(200, script.period | {"by": query.get("by")})
        else:
            self.answer(404, {"title": "not found", "status": 404})

    def incident(self, name: str) -> None:
        if self.script.details_down:
            self.answer(503, {"title": "down", "status": 503})
        elif name.endswith("/reporter"):
            self.reporter(name.removesuffix("/reporter"))
        else:
            self.detail(name)

    def reporter(self, incident: str) -> None:
        token = self.headers["Authorization"]
        self.script.looks.append((incident, token))
        if self.script.refusal is not None:
            self.answer(*self.script.refusal)
        elif incident in self.script.reporters:
            self.answer(200, self.script.reporters[incident])
        else:
            self.answer(404, {"title": "nobody is named", "status": 404})

    def dossier(self, code: str) -> None:
        found = self.script.dossiers.get(code.lower())
        if found is None:
            self.answer(404, {"title": "no such dossier", "status": 404})
        else:
            self.answer(200, {"items": found, "as_of": stamp(self.script.now), "stale": False})

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        key = self.headers["Idempotency-Key"]
        self.script.orders.append(Order(path, body, key, self.headers["Authorization"]))
        if self.script.refusal is not None:
            self.answer(*self.script.refusal)
        elif path.startswith("/maintenance"):
            self.answer(202, self.script.maintain(path, body, key))
        else:
            incident, _, name = path.removeprefix("/incidents/").rpartition("/")
            self.answer(202, self.script.command(incident, name, body, key))

    def detail(self, incident: str) -> None:
        behind = {one["id"]: one for one in self.script.behind}
        row = self.script.rows.get(incident) or behind.get(incident)
        if row is None:
            self.answer(404, {"title": "unknown incident", "status": 404})
            return
        commands = self.script.catalogue["commands"].get(row["state"], [])
        empty = {"history": [], "deadlines": [], "commands": commands}
        self.answer(200, row | empty | self.script.details.get(incident, {}))

    def answer(self, status: int, body: Json) -> None:
        self.send(status, "application/json", json.dumps(body, ensure_ascii=False).encode())

    def file(self, path: Path) -> None:
        if not path.is_file():
            self.answer(404, {"title": "no such file", "status": 404})
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.send(200, kind, path.read_bytes())

    def send(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(data)

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.close_connection = True
        with self.script.listen() as line:
            while (message := line.get()) is not None:
                try:
                    self.wfile.write(message)
                except OSError:
                    return


@contextmanager
def serve(script: Script, port: int = 0) -> Iterator[str]:
    """Run the script on a free local port; gives the screen's address."""
    handler = type("ScriptHandler", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        script.cut()
        server.shutdown()
        server.server_close()
