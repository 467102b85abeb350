"""The commands accepted lately: one sent again is answered again, also before the workers have shown it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ioc.incident.event import Event

# So many commands are remembered; by then the workers have long shown what came of the first.
REMEMBERED = 10_000

Answer = dict[str, str]


class KeyUsed(Exception):
    """The key of a command was used before for another command, or for other words."""


class _Sent(NamedTuple):
    event: Event
    answer: asyncio.Future[Answer]


class IdempotencyCache:
    """What was sent under each key of an incident. A command that failed is forgotten, so it can be sent again."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._sent: OrderedDict[tuple[str, str], _Sent] = OrderedDict()

    async def once(self, event: Event, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send and return the answer, or the answer given before to the same. Raises KeyUsed, and what `send` does.

        Two at the same moment share one sending, and its failure.
        """
        known = self._sent.get((event.incident, event.id))
        if known is None:
            return await self._first(event, send)
        if (known.event.event_type, known.event.data) != (event.event_type, event.data):
            raise KeyUsed
        return await asyncio.shield(known.answer)

    async def _first(self, event: Event, send: Callable[[], Awaitable[Answer]]) -> Answer:
        place = (event.incident, event.id)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._sent[place] = _Sent(event, answer)
        while len(self._sent) > self._most:
            self._sent.popitem(last=False)
        try:
            answer.set_result(await send())
        except BaseException as error:
            self._sent.pop(place, None)
            if isinstance(error, Exception):
                answer.set_exception(error)
                answer.exception()  # nobody else need be waiting
            else:
                answer.cancel()
            raise
        return answer.result()
