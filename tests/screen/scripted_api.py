"""A server with the API's contract that plays a script, for the tests of the screen.

It decides nothing. A test sets incidents and figures, pushes feed messages, and closes and reopens the feed. The real
API is tested with the same screen elsewhere.
"""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.screen.script import Json, Script, SentRequest, stamp

SCREEN = Path(__file__).resolve().parents[2] / "api" / "screen"


class ScriptHandler(BaseHTTPRequestHandler):
    """Answers each request of the screen from the script."""

    protocol_version = "HTTP/1.1"
    script: Script

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path, query = unquote(url.path), dict(parse_qsl(url.query))
        if self.script.is_down:
            self.answer(503, {"title": "down", "status": 503})
        elif path == "/stream":
            self.stream()
        elif path == "/incidents":
            self.script.searches.append(parse_qsl(url.query))
            rows = self.script.search_results
            self.answer(200, {"items": rows, "next": None, "total": len(rows)})
        elif path.startswith("/incidents/"):
            self.incident(path.removeprefix("/incidents/"))
        elif path.startswith("/dossiers/"):
            self.dossier(path.removeprefix("/dossiers/"))
        elif path == "/" or path.startswith("/screen/"):
            self.file(SCREEN / (path.removeprefix("/screen/").lstrip("/") or "index.html"))
        else:
            self.resource(path, query)

    def resource(self, path: str, query: dict[str, str]) -> None:
        script = self.script
        if path == "/catalogue":
            self.answer(200, script.catalogue)
        elif path == "/map":
            self.file(SCREEN / "data" / "wards.json")
        elif path == "/notifications":
            notifications = script.notifications.get(query["incident"], [])
            self.answer(200, {"items": notifications, "next": None, "total": len(notifications)})
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
        if self.script.details_are_down:
            self.answer(503, {"title": "down", "status": 503})
        elif name.endswith("/reporter"):
            self.reporter(name.removesuffix("/reporter"))
        else:
            self.detail(name)

    def reporter(self, incident: str) -> None:
        token = self.headers["Authorization"]
        self.script.reporter_lookups.append((incident, token))
        if self.script.error is not None:
            self.answer(*self.script.error)
        elif incident in self.script.reporters:
            self.answer(200, self.script.reporters[incident])
        else:
            self.answer(404, {"title": "nobody is named", "status": 404})

    def dossier(self, code: str) -> None:
        dossiers = self.script.dossiers.get(code.lower())
        if dossiers is None:
            self.answer(404, {"title": "no such dossier", "status": 404})
        else:
            self.answer(200, {"items": dossiers, "as_of": stamp(self.script.now), "stale": False})

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        key = self.headers["Idempotency-Key"]
        self.script.requests.append(SentRequest(path, body, key, self.headers["Authorization"]))
        if self.script.error is not None:
            self.answer(*self.script.error)
        elif path.startswith("/maintenance"):
            self.answer(202, self.script.maintain(path, body, key))
        else:
            incident, _, name = path.removeprefix("/incidents/").rpartition("/")
            self.answer(202, self.script.command(incident, name, body, key))

    def detail(self, incident: str) -> None:
        remote_rows = {row["id"]: row for row in self.script.search_results}
        row = self.script.rows.get(incident) or remote_rows.get(incident)
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
        with self.script.listen() as connection:
            while (message := connection.get()) is not None:
                try:
                    self.wfile.write(message)
                except OSError:
                    return


@contextmanager
def serve(script: Script, port: int = 0) -> Iterator[str]:
    """Serve a script on a local port, a free one by default; yields the screen's address."""
    handler = type("ScriptHandler", (ScriptHandler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        script.disconnect()
        server.shutdown()
        server.server_close()
