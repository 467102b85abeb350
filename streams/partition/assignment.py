"""The partitions a worker owns: opened side by side when they are assigned, set aside when they are revoked."""

import asyncio
import logging
from collections.abc import Collection, Iterable

from ioc.catalogue.city import Catalogue
from streams.fail_fast import Exit, stop_at_once
from streams.partition.catalogue_log import write_catalogue
from streams.partition.partition import InputPartition, Partition
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.partitions")


class Assignment:
    """Opens and closes partitions; a slice waits here until its partition is open."""

    def __init__(self, settings: WorkerSettings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._opening: dict[InputPartition, asyncio.Task[Partition]] = {}
        self._set_aside: dict[InputPartition, asyncio.Task[Partition]] = {}
        self._catalogue_write: asyncio.Task[None] | None = None

    async def assign(self, partition_ids: Collection[InputPartition]) -> None:
        """Resume those that were set aside, close those that are no longer ours, and begin to open the new ones."""
        for partition_id in partition_ids:
            if partition_id in self._set_aside:
                resuming = self._resume(partition_id, self._set_aside.pop(partition_id))
                self._opening[partition_id] = asyncio.create_task(resuming)
            elif partition_id not in self._opening:
                self._opening[partition_id] = asyncio.create_task(self._open(partition_id))
        lost, self._set_aside = self._set_aside, {}
        await asyncio.gather(*map(self._close, lost.values()))

    async def _resume(self, partition_id: InputPartition, set_aside: asyncio.Task[Partition]) -> Partition:
        """Resume a partition that was set aside; open it again when another worker has owned it meanwhile."""
        partition = set_aside.result()
        try:
            if await partition.resume():
                return partition
        except BaseException:  # revoked again before that was known
            await partition.close()
            raise
        await self._close(set_aside)
        return await self._open(partition_id)

    async def _open(self, partition_id: InputPartition) -> Partition:
        try:
            await self._log_catalogue()
            partition = await Partition.open(*partition_id, self._settings, self._catalogue)
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, f"{partition_id} could not be opened", error)
        processor = partition.processor
        log.info("%s: %d states, from %d", partition_id, processor.state_count, processor.position.next)
        return partition

    async def _log_catalogue(self) -> None:
        """Have the catalogue's files in the log before anything is folded by them."""
        if self._catalogue_write is None:
            self._catalogue_write = asyncio.create_task(write_catalogue(self._settings.bootstrap, self._catalogue))
        await asyncio.shield(self._catalogue_write)  # other partitions wait for it, too

    async def revoke(self, partition_ids: Iterable[InputPartition]) -> None:
        """Set aside partitions that may no longer be ours: which are is known when partitions are assigned.

        Most will be ours again, and restoring them takes seconds. Faust has waited for the slices under way before it
        tells of this, so nobody needs what is not open yet.
        """
        tasks = {key: self._opening.pop(key) for key in partition_ids if key in self._opening}
        await asyncio.gather(*(self._pause(partition_id, task) for partition_id, task in tasks.items()))

    async def _pause(self, partition_id: InputPartition, task: asyncio.Task[Partition]) -> None:
        if not task.done():
            await self._close(task)
            return
        await task.result().pause()
        self._set_aside[partition_id] = task

    async def _close(self, task: asyncio.Task[Partition]) -> None:
        try:
            if not task.done():
                task.cancel()
            partition = await task
            await asyncio.wait_for(partition.close(), timeout=10)
        except asyncio.CancelledError:
            log.info("a partition was revoked before it was open")
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "a partition could not be let go", error)

    async def get(self, partition_id: InputPartition) -> Partition:
        """Return a partition once it is open. One that is not ours is never opened: that would shut out its owner."""
        return await asyncio.shield(self._opening[partition_id])

    def opened(self) -> list[Partition]:
        """Return the partitions that are open now."""
        return [task.result() for task in self._opening.values() if task.done() and not task.cancelled()]
