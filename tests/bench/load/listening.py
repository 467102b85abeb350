"""Screens that listen to the live feed, very many in this one process; prints `ListenerReport` as JSON.

All take gzip, as browsers do, and read all that comes. Of some, spread among the others, every row is looked at: how
long ago (ms) it was changed.
"""

import asyncio
import sys
import time
import zlib
from statistics import quantiles
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from ioc.core.times import parse_instant
from streams.clock import now_ms

EVERY = 25
_HEAD = b"GET /stream HTTP/1.1\r\nHost: centre\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"


class ListenerReport(Struct, frozen=True):
    """How old rows were when they came (ms), how many came a second on each screen that was read, bytes/s in all.

    `busy` is the share of a core that this process took.
    """

    p50: float
    p99: float
    rows: float
    bytes: float
    busy: float
    every: int = EVERY


class _Row(Struct):
    updated_at: str


class _Rows(Struct):
    upserts: list[_Row]


_decode = msgspec.json.Decoder(_Rows).decode


class Screen(asyncio.Protocol):
    """One that reads what comes and looks at none of it."""

    heard = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the feed."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(_HEAD)

    def data_received(self, data: bytes) -> None:
        """Count what came."""
        Screen.heard += len(data)


class Read(Screen):
    """One of which every row is looked at."""

    def __init__(self) -> None:
        self.ages: list[int] = []
        self._wire = b""
        self._text = b""
        self._unpack = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress
        self._begun = False

    def data_received(self, data: bytes) -> None:
        """Take the feed out of HTTP's chunks, and the rows out of the feed."""
        super().data_received(data)
        self._wire += data
        if not self._begun:
            head, end, rest = self._wire.partition(b"\r\n\r\n")
            if not end:
                return
            assert b"content-encoding: gzip" in head.lower(), head
            self._begun, self._wire = True, rest
        while (piece := self._piece()) is not None:
            self._text += self._unpack(piece)
        *messages, self._text = self._text.split(b"\n\n")
        for message in messages:
            self._look(message)

    def _piece(self) -> bytes | None:
        size, end, rest = self._wire.partition(b"\r\n")
        if not end or len(rest) < int(size, 16) + 2:
            return None
        piece, self._wire = rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        return piece

    def _look(self, message: bytes) -> None:
        if b"event: incident" in message:
            now = now_ms()
            rows = _decode(message[message.index(b"data: ") + 6 :]).upserts
            self.ages += [now - parse_instant(row.updated_at) for row in rows]


async def listen(url: str, count: int, settling: float, seconds: float) -> ListenerReport:
    """Open so many screens, wait until they have settled, and listen for so many seconds."""
    address = urlsplit(url)
    loop = asyncio.get_running_loop()
    read: list[Read] = []
    for number in range(count):
        kind = Read if number % EVERY == 0 else Screen
        _, screen = await loop.create_connection(kind, address.hostname or "", address.port or 0)
        read += [screen] if isinstance(screen, Read) else []
    await asyncio.sleep(settling)
    for screen in read:
        screen.ages.clear()
    before, spent = Screen.heard, time.process_time()
    await asyncio.sleep(seconds)
    busy = (time.process_time() - spent) / seconds
    ages = [age for screen in read for age in screen.ages]
    cuts = quantiles(ages, n=100)
    return ListenerReport(cuts[49], cuts[98], len(ages) / len(read) / seconds, (Screen.heard - before) / seconds, busy)


if __name__ == "__main__":
    _, where, screens, settled, lasting = sys.argv
    print(msgspec.json.encode(asyncio.run(listen(where, int(screens), float(settled), float(lasting)))).decode())
