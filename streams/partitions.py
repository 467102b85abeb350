"""The partitions a worker owns: opened side by side when they are assigned, dropped at once when they are revoked."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from ioc.catalogue import Catalogue
from streams.catalogues import keep
from streams.doubt import Exit, stop_at_once
from streams.partition import Partition, Place
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.partitions")


class Partitions:
    """Opens and drops partitions; a slice waits here until its partition is open."""

    def __init__(self, settings: WorkerSettings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._opening: dict[Place, asyncio.Task[Partition[Any]]] = {}
        self._keeping: asyncio.Task[None] | None = None

    def assign(self, places: Iterable[Place]) -> None:
        """Begin to open those not open yet."""
        for place in places:
            if place not in self._opening:
                self._opening[place] = asyncio.create_task(self._open(place))

    async def _open(self, place: Place) -> Partition[Any]:
        try:
            await self._keep_catalogue()
            partition: Partition[Any] = await Partition.open(*place, self._settings, self._catalogue)
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, f"partition {place.number} of {place.topic} could not be opened", error)
        shard = partition.shard
        log.info("partition %d of %s: %d states, from %d", place.number, place.topic, shard.held, shard.position.next)
        return partition

    async def _keep_catalogue(self) -> None:
        """Have the catalogue's files in the log before anything is folded by them."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(keep(self._settings.bootstrap, self._catalogue))
        await asyncio.shield(self._keeping)  # other partitions wait for it, too

    async def revoke(self, places: Iterable[Place]) -> None:
        """Drop state, timers and producer of those no longer owned.

        Faust has waited for the slices under way before it tells of this, so what is not open yet is needed by nobody.
        """
        tasks = [task for place in places if (task := self._opening.pop(place, None)) is not None]
        await asyncio.gather(*(self._close(task) for task in tasks))

    async def _close(self, task: asyncio.Task[Partition[Any]]) -> None:
        try:
            if not task.done():
                task.cancel()
            partition = await task
            await asyncio.wait_for(partition.close(), timeout=10)
        except asyncio.CancelledError:
            log.info("a partition was revoked before it was open")
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "a partition could not be let go", error)

    async def get(self, place: Place) -> Partition[Any]:
        """Return a partition once it is open. One that is not ours is never opened: that would shut out its owner."""
        return await asyncio.shield(self._opening[place])

    def opened(self) -> list[Partition[Any]]:
        """Return those that are open now."""
        return [task.result() for task in self._opening.values() if task.done() and not task.cancelled()]
