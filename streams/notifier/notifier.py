"""The notifier process: its share of the partitions, and the loop that reads facts and ticks."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from prometheus_client import start_http_server

from ioc.catalogue.channel import ChannelKind
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind
from ioc.core.times import SECOND
from ioc.core.topics import Topic
from ioc.notifications.messages import Links, MessageComposer
from ioc.notifications.planner import NotificationPlanner, NotificationPolicy
from ioc.notifications.rate_limit import RateLimit
from streams import metrics
from streams.clock import now_ms
from streams.fail_fast import Exit, Watchdog, stop_at_once
from streams.kafka_clients import UNCOMMITTED, group_consumer, reader
from streams.notifier.incident_view import IncidentView
from streams.notifier.notification_log import NotificationLog, read_notifications
from streams.notifier.partition import NotifierPartition
from streams.notifier.senders.pool import SenderPool
from streams.notifier.senders.sender import Sender
from streams.notifier.settings import NotifierSettings

log = logging.getLogger("ioc.notifier")

TICK = 0.25  # seconds


def run(settings: NotifierSettings, catalogue: Catalogue, senders: Mapping[str, Sender], links: Links) -> None:
    """Run a notifier until it is told to stop (SIGTERM, SIGINT)."""
    outside = (channel.id for channel in catalogue.channels.values() if channel.kind is not ChannelKind.SCREEN)
    unconfigured = [channel for channel in outside if channel not in senders]
    if unconfigured:
        log.warning("not configured, so nobody is told through them: %s", ", ".join(unconfigured))
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    asyncio.run(Notifier(settings, catalogue, senders, links).run())


class Notifier(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Owns a share of the partitions of the facts."""

    def __init__(
        self, settings: NotifierSettings, catalogue: Catalogue, senders: Mapping[str, Sender], links: Links
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._links = links
        self._senders = SenderPool(senders)
        self._rate_limits = {channel.id: RateLimit(channel.per_minute) for channel in catalogue.channels.values()}
        replay = settings.clock is ClockKind.EVENT
        self._policy = NotificationPolicy(frozenset(senders), round(settings.notify_too_old * SECOND), replay)
        self._opening: dict[int, asyncio.Task[NotifierPartition]] = {}
        self._stopping = asyncio.Event()
        self._consumer: AIOKafkaConsumer
        self._uncommitted: AIOKafkaConsumer

    async def run(self) -> None:
        """Read facts and tick, until told to stop; in doubt the process ends at once."""
        for stop_signal in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop_signal, self._stopping.set)
        watchdog = Watchdog(self._settings.frozen_after)
        watchdog.start()
        watching = asyncio.create_task(_watch(watchdog))
        try:
            async with reader(self._settings.bootstrap, UNCOMMITTED) as self._uncommitted:
                await self._work()
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "the notifier failed", error)
        finally:
            watching.cancel()

    async def _work(self) -> None:
        bootstrap, group, timeout = (
            self._settings.bootstrap,
            self._settings.notify_group,
            self._settings.session_timeout,
        )
        self._consumer = group_consumer(bootstrap, group, timeout, [Topic.FACTS], listener=self)
        await self._consumer.start()
        while not self._stopping.is_set():
            batches = await self._consumer.getmany(timeout_ms=round(TICK * 1000), max_records=1000)
            for tp, records in batches.items():
                if (partition := self._partition(tp.partition)) is not None:
                    await partition.take(records)
                    await self._measure_lag(tp)
            for partition in sorted(self._opened(), key=lambda partition: partition.queue_position):
                await partition.tick()
        await self._close(list(self._opening))
        await self._consumer.stop()

    async def _measure_lag(self, tp: TopicPartition) -> None:
        if tp in self._consumer.assignment() and (end := self._consumer.highwater(tp)) is not None:
            lag = end - await self._consumer.position(tp)
            metrics.NOTIFIER_LAG.labels(str(tp.partition)).set(max(0, lag))

    def _partition(self, number: int) -> NotifierPartition | None:
        opening = self._opening.get(number)
        return opening.result() if opening is not None and opening.done() and not opening.cancelled() else None

    def _opened(self) -> list[NotifierPartition]:
        return [partition for number in self._opening if (partition := self._partition(number)) is not None]

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Open the partitions side by side; none is read before its notification log is."""
        partitions = sorted(assigned)
        self._consumer.pause(*partitions)
        for tp in partitions:
            self._opening[tp.partition] = asyncio.create_task(self._open(tp))
        for rate_limit in self._rate_limits.values():
            rate_limit.share(len(partitions), self._partition_count())

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Close the partitions, after a short wait for the messages under way."""
        await self._close([tp.partition for tp in revoked])

    def _partition_count(self) -> int:
        return len(self._consumer.partitions_for_topic(Topic.FACTS) or ())

    async def _open(self, tp: TopicPartition) -> NotifierPartition:
        """Fence off the former owner, then restore all that is committed. In this order: nothing can change after."""
        try:
            return await self._restore(tp)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, f"partition {tp.partition} of the facts could not be opened", error)

    async def _restore(self, tp: TopicPartition) -> NotifierPartition:
        settings, bootstrap = self._settings, self._settings.bootstrap
        notification_log = await NotificationLog.open(tp.partition, settings.notify_group, bootstrap)
        planner = NotificationPlanner(tp.partition, self._catalogue, self._policy, self._rate_limits)
        planner.restore(await read_notifications(bootstrap, tp.partition), now_ms())
        view = await IncidentView.open(planner, self._partition_count(), bootstrap, self._uncommitted)
        composer = MessageComposer(self._catalogue, self._links, planner.summaries.get)
        offset = await self._consumer.committed(tp) or 0
        partition = NotifierPartition(planner, notification_log, view, self._senders, composer, settings).start(offset)
        if offset:
            self._consumer.seek(tp, offset)
        else:
            await self._consumer.seek_to_beginning(tp)
        self._consumer.resume(tp)
        log.info("partition %d: %d notifications to tell, from offset %d", tp.partition, len(planner.pending), offset)
        return partition

    async def _close(self, partitions: Iterable[int]) -> None:
        tasks = [task for number in partitions if (task := self._opening.pop(number, None)) is not None]
        await asyncio.gather(*(_close_opened(task) for task in tasks))


async def _close_opened(opening: asyncio.Task[NotifierPartition]) -> None:
    try:
        await asyncio.wait_for((await opening).close(), timeout=15)
    except Exception as error:
        stop_at_once(Exit.UNEXPECTED, "a partition of the facts could not be let go", error)


async def _watch(watchdog: Watchdog) -> None:
    while True:
        watchdog.alive()
        await asyncio.sleep(1)


def links_of(settings: NotifierSettings, catalogue: Catalogue) -> Links:
    """Return the links for messages, as the environment sets them; no war room when its variables are not set."""
    return Links(settings.screen_url, catalogue.war_room_link(os.environ))
