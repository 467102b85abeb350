"""The API's contract played from a script, in memory: what the screen's own tests talk to.

It decides nothing. A test says which incidents and figures there are, pushes feed messages, breaks
the line and mends it. The real API is tested with the same screen elsewhere.
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

from tests.screen.script import Json, Script, SentCommand, stamp

SCREEN = Path(__file__).resolve().parents[2] / "api" / "screen"


class ScriptHandler(BaseHTTPRequestHandler):
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
        self.script.orders.append(SentCommand(path, body, key, self.headers["Authorization"]))
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
    handler = type("ScriptHandler", (ScriptHandler,), {"script": script})
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
