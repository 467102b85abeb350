"""The partitions a worker owns: opened side by side when they are assigned, set aside when they are revoked."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from typing import Any

from ioc.catalogue.city import Catalogue
from streams.fail_fast import Exit, stop_at_once
from streams.partition.catalogue_log import keep
from streams.partition.partition import Partition, TopicPartitionId
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.partitions")


class Partitions:
    """Opens and drops partitions; a slice waits here until its partition is open."""

    def __init__(self, settings: WorkerSettings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._opening: dict[TopicPartitionId, asyncio.Task[Partition[Any]]] = {}
        self._aside: dict[TopicPartitionId, asyncio.Task[Partition[Any]]] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def assign(self, places: Collection[TopicPartitionId]) -> None:
        """Go on with those that are ours again, let go of the others, and begin to open what is new."""
        for place in places:
            if place in self._aside:
                self._opening[place] = asyncio.create_task(self._go_on(place, self._aside.pop(place)))
            elif place not in self._opening:
                self._opening[place] = asyncio.create_task(self._open(place))
        left, self._aside = self._aside, {}
        await asyncio.gather(*map(self._close, left.values()))

    async def _go_on(self, place: TopicPartitionId, aside: asyncio.Task[Partition[Any]]) -> Partition[Any]:
        """Go on with a partition that was set aside; build it anew when another has owned it meanwhile."""
        partition = aside.result()
        try:
            if await partition.go_on():
                return partition
        except BaseException:  # revoked again before that was known
            await partition.close()
            raise
        await self._close(aside)
        return await self._open(place)

    async def _open(self, place: TopicPartitionId) -> Partition[Any]:
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

    async def revoke(self, places: Iterable[TopicPartitionId]) -> None:
        """Set aside those that may no longer be ours: which are is known when partitions are assigned.

        Most will be ours again, and rebuilding them takes seconds. Faust has waited for the slices under way before it
        tells of this, so what is not open yet is needed by nobody.
        """
        tasks = {place: self._opening.pop(place) for place in places if place in self._opening}
        await asyncio.gather(*(self._set_aside(place, task) for place, task in tasks.items()))

    async def _set_aside(self, place: TopicPartitionId, task: asyncio.Task[Partition[Any]]) -> None:
        if not task.done():
            await self._close(task)
            return
        await task.result().pause()
        self._aside[place] = task

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

    async def get(self, place: TopicPartitionId) -> Partition[Any]:
        """Return a partition once it is open. One that is not ours is never opened: that would shut out its owner."""
        return await asyncio.shield(self._opening[place])

    def opened(self) -> list[Partition[Any]]:
        """Return those that are open now."""
        return [task.result() for task in self._opening.values() if task.done() and not task.cancelled()]
