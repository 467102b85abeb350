"""The notifier as a process: its share of the partitions, and the loop that reads facts and lets time pass."""

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
from ioc.notifications.messages import Links, Wording
from ioc.notifications.planner import NotificationPlanner, Policy
from ioc.notifications.rate_limit import RateLimit
from streams import metrics
from streams.clock import now_ms
from streams.fail_fast import Exit, Watchdog, stop_at_once
from streams.kafka_clients import reader
from streams.notifier.incident_view import View
from streams.notifier.notification_log import NotificationLog, read_ledger
from streams.notifier.partition import NotifierPartition, SenderPool
from streams.notifier.senders.senders import Sender
from streams.notifier.settings import NotifierSettings

log = logging.getLogger("ioc.notifier")

TICK = 0.25  # seconds


def run(settings: NotifierSettings, catalogue: Catalogue, senders: Mapping[str, Sender], links: Links) -> None:
    """Run a notifier until it is told to stop (SIGTERM, SIGINT)."""
    silent = [
        one.id for one in catalogue.channels.values() if one.kind is not ChannelKind.SCREEN and one.id not in senders
    ]
    if silent:
        log.warning("not configured, so nobody is told through them: %s", ", ".join(silent))
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    asyncio.run(Notifier(settings, catalogue, senders, links).run())


class Notifier(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Owns a share of the partitions of the facts, an office for each."""

    def __init__(
        self, settings: NotifierSettings, catalogue: Catalogue, senders: Mapping[str, Sender], links: Links
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._links = links
        self._ways = SenderPool(senders)
        self._paces = {id: RateLimit(channel.per_minute) for id, channel in catalogue.channels.items()}
        replay = settings.clock is ClockKind.EVENT
        self._policy = Policy(frozenset(senders), round(settings.notify_too_old * SECOND), replay)
        self._opening: dict[int, asyncio.Task[NotifierPartition]] = {}
        self._stopping = asyncio.Event()
        self._consumer: AIOKafkaConsumer
        self._open_too: AIOKafkaConsumer

    async def run(self) -> None:
        """Read facts and let time pass, until told to stop; in doubt the process ends at once."""
        for told in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(told, self._stopping.set)
        watchdog = Watchdog(self._settings.frozen_after)
        watchdog.start()
        alive = asyncio.create_task(_live(watchdog))
        try:
            async with reader(self._settings.bootstrap, "read_uncommitted") as self._open_too:
                await self._work()
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "the notifier failed", error)
        finally:
            alive.cancel()

    async def _work(self) -> None:
        session = round(self._settings.session_timeout * 1000)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap,
            group_id=self._settings.notify_group,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=session,
            heartbeat_interval_ms=session // 5,
        )
        self._consumer.subscribe([Topic.FACTS], listener=self)
        await self._consumer.start()
        while not self._stopping.is_set():
            found = await self._consumer.getmany(timeout_ms=round(TICK * 1000), max_records=1000)
            for tp, records in found.items():
                if (office := self._office(tp.partition)) is not None:
                    await office.take(records)
                    await self._tell_lag(tp)
            for office in sorted(self._offices(), key=lambda office: office.most_pressing):
                await office.tick()
        await self._close(list(self._opening))
        await self._consumer.stop()

    async def _tell_lag(self, tp: TopicPartition) -> None:
        if tp in self._consumer.assignment() and (end := self._consumer.highwater(tp)) is not None:
            lag = end - await self._consumer.position(tp)
            metrics.NOTIFIER_LAG.labels(str(tp.partition)).set(max(0, lag))

    def _office(self, partition: int) -> NotifierPartition | None:
        opening = self._opening.get(partition)
        return opening.result() if opening is not None and opening.done() and not opening.cancelled() else None

    def _offices(self) -> list[NotifierPartition]:
        return [office for number in self._opening if (office := self._office(number)) is not None]

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Open the partitions side by side; none is read before its ledger is."""
        partitions = sorted(assigned)
        self._consumer.pause(*partitions)
        for tp in partitions:
            self._opening[tp.partition] = asyncio.create_task(self._open(tp))
        for pace in self._paces.values():
            pace.share(len(partitions), self._partitions())

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Drop the partitions, once what is under way had its last call."""
        await self._close([tp.partition for tp in revoked])

    def _partitions(self) -> int:
        return len(self._consumer.partitions_for_topic(Topic.FACTS) or ())

    async def _open(self, tp: TopicPartition) -> NotifierPartition:
        """Fence off the former owner, then rebuild all that is committed. In this order: nothing can change after."""
        try:
            return await self._opened(tp)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, f"partition {tp.partition} of the facts could not be opened", error)

    async def _opened(self, tp: TopicPartition) -> NotifierPartition:
        settings, bootstrap = self._settings, self._settings.bootstrap
        ledger = await NotificationLog.open(tp.partition, settings.notify_group, bootstrap)
        desk = NotificationPlanner(tp.partition, self._catalogue, self._policy, self._paces)
        desk.restore(await read_ledger(bootstrap, tp.partition), now_ms())
        view = await View.open(desk, self._partitions(), bootstrap, self._open_too)
        wording = Wording(self._catalogue, self._links, desk.summaries.get)
        next = await self._consumer.committed(tp) or 0
        office = NotifierPartition(desk, ledger, view, self._ways, wording, settings).begin(next)
        if next:
            self._consumer.seek(tp, next)
        else:
            await self._consumer.seek_to_beginning(tp)
        self._consumer.resume(tp)
        log.info("partition %d: %d notifications to tell, from offset %d", tp.partition, len(desk.open), next)
        return office

    async def _close(self, partitions: Iterable[int]) -> None:
        tasks = [task for number in partitions if (task := self._opening.pop(number, None)) is not None]
        await asyncio.gather(*(_closed(task) for task in tasks))


async def _closed(opening: asyncio.Task[NotifierPartition]) -> None:
    try:
        await asyncio.wait_for((await opening).close(), timeout=15)
    except Exception as error:
        stop_at_once(Exit.UNEXPECTED, "a partition of the facts could not be let go", error)


async def _live(watchdog: Watchdog) -> None:
    while True:
        watchdog.alive()
        await asyncio.sleep(1)


def links_of(settings: NotifierSettings, catalogue: Catalogue) -> Links:
    """Return where people can go, as the environment has it; no war room when its variables are not set."""
    return Links(settings.screen_url, catalogue.war_room_link(os.environ))
