"""Publishing of what came in: acknowledged by the broker in time, or given up while it may still be written later."""

import asyncio
import time
from collections.abc import Callable, Sequence

from api.http.publisher import PATIENCE, NotPublished, Publisher
from api.intake.backlog import Backlog
from ioc.core.records import Outgoing


async def publish_bounded(records: Sequence[Outgoing], publisher: Publisher, backlog: Backlog) -> None:
    """Return once the broker has acknowledged all records. Raises NotPublished when that is not known in time.

    The records stay in the backlog for as long as the producer keeps trying.
    """
    if not records:
        return
    release = backlog.send(sum(len(record.value or b"") for record in records), time.monotonic())
    publishing = asyncio.create_task(publisher.publish_all(records))
    publishing.add_done_callback(_releasing(release))
    await asyncio.wait({publishing}, timeout=PATIENCE)
    if not publishing.done():
        raise NotPublished
    publishing.result()


def _releasing(release: Callable[[], None]) -> Callable[[asyncio.Task[None]], None]:
    def on_done(publishing: asyncio.Task[None]) -> None:
        release()
        if not publishing.cancelled():
            publishing.exception()  # the request may have ended by now, and nobody else asks for it

    return on_done
