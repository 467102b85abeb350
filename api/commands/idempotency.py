"""Commands that are sent again: each is answered again, also before the workers have shown what came of it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from msgspec import Raw
from msgspec.structs import replace

from ioc.core.scalars import encode
from ioc.incident.event import Event
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.payloads import DECODE, Directed
from ioc.incident.state import Incident

# So many commands are remembered; by then the workers have long shown what came of the first.
REMEMBERED = 10_000

Receipt = dict[str, str]


class KeyUsed(Exception):
    """The key of a command was used before for another command, or with another body."""


class _SentCommand(NamedTuple):
    event: Event
    receipt: asyncio.Future[Receipt]


class IdempotencyCache:
    """What was sent under each key of an incident. A command that failed is forgotten, so it can be sent again."""

    def __init__(self, capacity: int = REMEMBERED) -> None:
        self._capacity = capacity
        self._sent: OrderedDict[tuple[str, str], _SentCommand] = OrderedDict()

    async def once(self, event: Event, send: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Send and return the receipt, or the one of the same event before. Raises KeyUsed, and what `send` raises.

        Two at the same moment share one sending, and its failure.
        """
        command = self._sent.get((event.incident, event.id))
        if command is None:
            return await self._send_first(event, send)
        if (command.event.event_type, command.event.data) != (event.event_type, event.data):
            raise KeyUsed
        return await asyncio.shield(command.receipt)

    async def _send_first(self, event: Event, send: Callable[[], Awaitable[Receipt]]) -> Receipt:
        cache_key = (event.incident, event.id)
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._sent[cache_key] = _SentCommand(event, receipt)
        while len(self._sent) > self._capacity:
            self._sent.popitem(last=False)
        try:
            receipt.set_result(await send())
        except BaseException as error:
            self._sent.pop(cache_key, None)
            if isinstance(error, Exception):
                receipt.set_exception(error)
                receipt.exception()  # nobody else need be waiting
            else:
                receipt.cancel()
            raise
        return receipt.result()


def history_entry_of(event: Event, incident: Incident) -> HistoryEntry | None:
    """Return the entry that an event made in the history of its incident, when it was sent before."""
    return next((entry for entry in incident.history if (entry.id, entry.source) == (event.id, event.source)), None)


def is_same_command(entry: HistoryEntry, event: Event) -> bool:
    """True when an entry was made by this command with this body, whatever signature the centre put to it."""
    return entry.event_type is event.event_type and event.data in (entry.data, _without_signature(entry))


def _without_signature(entry: HistoryEntry) -> Raw:
    payload = DECODE[entry.event_type](entry.data)
    return Raw(encode(replace(payload, signature=None))) if isinstance(payload, Directed) else entry.data
