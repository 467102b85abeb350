"""Those who are told: a real SMTP server, and a real HTTP receiver that verifies signatures as a receiver would."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from standardwebhooks import Webhook, WebhookVerificationError

KEY = "whsec_" + "c2lnbmVkIGJ5IHRoZSBjZW50cmUsIGFuZCBieSBub2JvZHkgZWxzZQ=="


@dataclass
class Receiver:
    """What was posted, in the order it came. `answer` gives the status for the n-th post, from 0; None: no answer."""

    url: str = ""
    answer: Callable[[int], int | None] = lambda _: 204
    ids: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes, headers: dict[str, str]) -> int | None:
        """Verify a post, note it, and say how it is answered. Each connection has a thread: one at a time is noted."""
        with self._lock:
            try:
                self.bodies.append(Webhook(KEY).verify(body, headers))
            except WebhookVerificationError:
                self.forged += 1
                return 401
            self.ids.append({name.lower(): value for name, value in headers.items()}["webhook-id"])
            return self.answer(len(self.ids) - 1)


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    """Run a receiver as long as the context lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.take(body, dict(self.headers.items()))
            if status is None:
                receiver.released.wait(30)
                return
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()


@dataclass
class Mailbox:
    """The mail that came."""

    url: str = ""
    mail: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _: object, __: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail."""
        self.mail.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run an SMTP server as long as the context lasts."""
    from tests.city import free_port

    box, port = Mailbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    box.url = f"mailto://127.0.0.1:{port}/?from=centre@hue.example&to=duty@hue.example"
    try:
        yield box
    finally:
        server.stop()
