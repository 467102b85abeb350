"""What a notifier knows besides the facts: how the incidents of a partition stand, and the maintenance windows."""

import logging
import time
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from ioc.core.topics import Topic
from ioc.notifications.planner import NotificationPlanner
from ioc.processors.serde import decode_summary, decode_window

log = logging.getLogger("ioc.notifier")

# Seconds. A transaction that is open for longer belongs to a worker that was killed; the broker ends it by itself.
PATIENCE = 10.0


class View:
    """Follows the incidents of one partition and all maintenance windows, and hands them to the desk."""

    def __init__(self, desk: NotificationPlanner, committed: AIOKafkaConsumer, open_too: AIOKafkaConsumer) -> None:
        self._desk = desk
        self._committed = committed
        self._open_too = open_too
        self._incidents = TopicPartition(Topic.INCIDENTS, desk.partition)

    @classmethod
    async def open(cls, desk: NotificationPlanner, partitions: int, bootstrap: str, open_too: AIOKafkaConsumer) -> Self:
        """Read all there is. `open_too` is a consumer that also sees the ends of what is not committed yet."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 << 20,
        )
        await consumer.start()
        view = cls(desk, consumer, open_too)
        everything = [
            view._incidents,
            *(TopicPartition(Topic.MAINTENANCE, number) for number in range(partitions)),
        ]
        consumer.assign(everything)
        await consumer.seek_to_beginning(*everything)
        for tp in everything:
            await view._reach(tp)
        return view

    async def close(self) -> None:
        """Disconnect."""
        await self._committed.stop()

    async def catch_up(self) -> None:
        """Read at least as far as the facts that have been read.

        Facts and states are one transaction, but its marks reach the partitions one after another: so what is written
        and not committed yet is waited for.
        """
        await self._reach(self._incidents)
        await self.follow()

    async def follow(self, timeout: float = 0) -> None:
        """Read what has come."""
        for tp, records in (await self._committed.getmany(timeout_ms=round(timeout * 1000), max_records=5000)).items():
            for record in records:
                self._take(tp.topic, record.key.decode(), record.value)

    async def _reach(self, tp: TopicPartition) -> None:
        end = (await self._open_too.end_offsets([tp]))[tp]
        give_up = time.monotonic() + PATIENCE
        while await self._committed.position(tp) < end:
            before = await self._committed.position(tp)
            await self.follow(0.1)
            if await self._committed.position(tp) > before:
                give_up = time.monotonic() + PATIENCE
            elif time.monotonic() > give_up:
                log.warning("%s %d stands still before its end; going on with what is known", tp.topic, tp.partition)
                return

    def _take(self, topic: str, key: str, value: bytes | None) -> None:
        if topic == Topic.MAINTENANCE:
            self._desk.windows.put(key, None if value is None else decode_window(value))
        elif value is None:
            self._desk.summaries.pop(key, None)
        else:
            self._desk.summaries[key] = decode_summary(value)
