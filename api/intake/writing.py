"""Writing what came in: answered by the broker, or given up while it may still be written later."""

import asyncio
import time
from collections.abc import Callable, Sequence

from api.http.publisher import PATIENCE, NotPublished, Publisher
from api.intake.backlog import Backlog
from ioc.core.records import Outgoing


async def write(records: Sequence[Outgoing], publisher: Publisher, backlog: Backlog) -> None:
    """Return once the broker has acknowledged all records. Raises NotPublished when that is not known in time.

    They stay in the backlog for as long as the producer keeps trying.
    """
    if not records:
        return
    settle = backlog.send(sum(len(one.value or b"") for one in records), time.monotonic())
    writing = asyncio.create_task(publisher.publish_all(records))
    writing.add_done_callback(_settled(settle))
    await asyncio.wait({writing}, timeout=PATIENCE)
    if not writing.done():
        raise NotPublished
    writing.result()


def _settled(settle: Callable[[], None]) -> Callable[[asyncio.Task[None]], None]:
    def settled(writing: asyncio.Task[None]) -> None:
        settle()
        if not writing.cancelled():
            writing.exception()  # who sent it may have gone by now

    return settled
