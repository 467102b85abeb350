"""The incident view: what a notifier reads besides the facts, the incidents of a partition and maintenance windows."""

import logging
import time
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from ioc.core.topics import Topic
from ioc.notifications.planner import NotificationPlanner
from ioc.processors.serde import decode_maintenance_window, decode_summary
from streams.kafka_clients import view_consumer

log = logging.getLogger("ioc.notifier")

# Seconds. A transaction that is open for longer belongs to a worker that was killed; the broker ends it by itself.
PATIENCE = 10.0


class IncidentView:
    """Follows the incidents of one partition and all maintenance windows, and passes them on to the planner."""

    def __init__(self, planner: NotificationPlanner, consumer: AIOKafkaConsumer, uncommitted: AIOKafkaConsumer) -> None:
        self._planner = planner
        self._consumer = consumer
        self._uncommitted = uncommitted
        self._incidents = TopicPartition(Topic.INCIDENTS, planner.partition)

    @classmethod
    async def open(
        cls, planner: NotificationPlanner, partitions: int, bootstrap: str, uncommitted: AIOKafkaConsumer
    ) -> Self:
        """Read all there is. `uncommitted` is a consumer that also sees the ends of what is not committed yet."""
        consumer = view_consumer(bootstrap)
        await consumer.start()
        view = cls(planner, consumer, uncommitted)
        maintenance = (TopicPartition(Topic.MAINTENANCE, number) for number in range(partitions))
        followed = [view._incidents, *maintenance]
        consumer.assign(followed)
        await consumer.seek_to_beginning(*followed)
        for tp in followed:
            await view._read_to_end(tp)
        return view

    async def close(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def catch_up(self) -> None:
        """Read at least as far as the facts that have been read.

        Facts and states are one transaction, but its markers reach the partitions one after another: so what is written
        and not committed yet is waited for.
        """
        await self._read_to_end(self._incidents)
        await self.follow()

    async def follow(self, timeout: float = 0) -> None:
        """Read what has come."""
        for tp, records in (await self._consumer.getmany(timeout_ms=round(timeout * 1000), max_records=5000)).items():
            for record in records:
                self._take(tp.topic, record.key.decode(), record.value)

    async def _read_to_end(self, tp: TopicPartition) -> None:
        end = (await self._uncommitted.end_offsets([tp]))[tp]
        deadline = time.monotonic() + PATIENCE
        while await self._consumer.position(tp) < end:
            position = await self._consumer.position(tp)
            await self.follow(0.1)
            if await self._consumer.position(tp) > position:
                deadline = time.monotonic() + PATIENCE
            elif time.monotonic() > deadline:
                log.warning("%s %d stands still before its end; going on with what is known", tp.topic, tp.partition)
                return

    def _take(self, topic: str, key: str, value: bytes | None) -> None:
        if topic == Topic.MAINTENANCE:
            self._planner.windows.put(key, None if value is None else decode_maintenance_window(value))
        elif value is None:
            self._planner.summaries.pop(key, None)
        else:
            self._planner.summaries[key] = decode_summary(value)
