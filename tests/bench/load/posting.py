"""Clients that post over HTTP/1.1 on connections they keep, with little enough effort not to be what is measured."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from statistics import quantiles
from urllib.parse import urlsplit

from msgspec import Struct


class PostRequest(Struct, frozen=True):
    """A request to be posted; it carries so many `events`."""

    path: str
    content_type: str
    body: bytes
    events: int = 1


class Posted(Struct, frozen=True):
    """What came of all posts: how long the whole took (s), and each answer (s), in no order."""

    events: int
    seconds: float
    waits: Sequence[float]

    def percentile(self, share: int) -> float:
        """Return the wait (ms) that so many in a hundred did not exceed."""
        return quantiles(self.waits, n=100)[share - 1] * 1000


class NotTaken(Exception):
    """The server did not take what was posted."""


async def post_all(url: str, token: str, posts: Iterator[PostRequest], clients: int, a_second: float = 0) -> Posted:
    """Post by so many clients, each as soon as it has its answer, or all together so many `a_second`.

    Raises NotTaken when one is answered other than by 201 or 202.
    """
    run = _Run(posts, a_second)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(_client(url, token, run))
    return Posted(run.events, time.monotonic() - run.began, run.waits)


class _Run:
    """What the clients share: the posts that are left, and when each is due."""

    def __init__(self, posts: Iterator[PostRequest], a_second: float) -> None:
        self._posts = posts
        self._apart = 1 / a_second if a_second else 0.0
        self._given = 0
        self.events = 0
        self.waits: list[float] = []
        self.began = time.monotonic()

    async def next(self) -> tuple[PostRequest, float] | None:
        """Return the next post and the moment from which its wait counts, once that has come; None when all are out."""
        post = next(self._posts, None)
        if post is None:
            return None
        due = self.began + self._given * self._apart
        self._given += 1
        if not self._apart:
            return post, time.monotonic()
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        return post, due

    def answered(self, post: PostRequest, since: float) -> None:
        """Note that a post was taken."""
        self.waits.append(time.monotonic() - since)
        self.events += post.events


async def _client(url: str, token: str, run: _Run) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 22)
    head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
    try:
        while (given := await run.next()) is not None:
            post, since = given
            about = f"Content-Type: {post.content_type}\r\nContent-Length: {len(post.body)}\r\n\r\n"
            writer.write(f"POST {post.path} HTTP/1.1\r\n{head}{about}".encode() + post.body)
            await _taken(reader)
            run.answered(post, since)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _taken(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end."""
    status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().splitlines()
    length = next(int(line.partition(":")[2]) for line in headers if line.startswith("content-length:"))
    body = await reader.readexactly(length)
    if status.split()[1] not in ("201", "202"):
        raise NotTaken(status + body[:500].decode(errors="replace"))
