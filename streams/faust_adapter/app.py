"""The Faust app: an agent of three lines for each lane, the tick, and the heartbeat."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import faust
from faust.types import TP

from ioc.catalogue.city import Catalogue
from ioc.core.topics import Topic
from ioc.processors.registry import PROCESSORS
from streams.clock import now_ms
from streams.fail_fast import Exit, Watchdog, stop_at_once
from streams.faust_adapter.batcher import Inbox
from streams.faust_adapter.patches import SliceSchema, harden
from streams.partition.assignment import Partitions
from streams.partition.heartbeat import Pulse
from streams.partition.partition import TopicPartitionId
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.app")


def make_app(settings: WorkerSettings, catalogue: Catalogue) -> faust.App:
    """Return the Faust app of a worker, hardened. Faust keeps no table and no topic of its own here."""
    harden(settings.slice_records)
    app = faust.App(settings.group, **_faust_settings(settings))
    partitions = Partitions(settings, catalogue)
    pulse = Pulse(settings)
    watchdog = Watchdog(settings.frozen_after)
    _follow_assignment(app, partitions)

    for topic in PROCESSORS:
        _add_agent(app, topic, partitions, settings.slice_records)

    async def live() -> None:
        watchdog.start()
        while True:
            watchdog.alive()
            await asyncio.sleep(1)

    async def beat() -> None:
        try:
            await pulse.start()
            while True:
                opened = partitions.opened()
                now = now_ms()  # before the ends are asked for: what comes in between still wins over a deadline
                ends = await pulse.beat(opened)
                await asyncio.gather(*(one.tick(now, ends[one.place]) for one in opened))
                await asyncio.sleep(settings.tick_every)
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "the tick failed", error)

    app.task(live)
    app.task(beat)
    return app


def _add_agent(app: faust.App, topic: Topic, partitions: Partitions, most: int) -> None:
    inboxes: dict[int, Inbox] = {}

    def inbox(number: int) -> Inbox:
        if number not in inboxes:
            name = f"partition {number} of {topic}"
            inboxes[number] = Inbox(name, lambda: partitions.get(TopicPartitionId(topic, number)), most)
        return inboxes[number]

    @app.agent(app.topic(topic, schema=SliceSchema()), name=f"{topic}.fold")
    async def fold(stream: Any) -> None:
        async for event in stream.noack().events():  # the inbox acknowledges it
            await inbox(event.message.partition).put(event)


def _follow_assignment(app: faust.App, partitions: Partitions) -> None:
    async def assigned(_: Any, *args: Any, **__: Any) -> None:
        await partitions.assign(_places(args[0]))

    async def revoked(_: Any, *args: Any, **__: Any) -> None:
        await partitions.revoke(_places(args[0]))

    app.on_partitions_assigned.connect(assigned)  # type: ignore[arg-type]  # signals are typed for sync only
    app.on_partitions_revoked.connect(revoked)  # type: ignore[arg-type]


def _places(partitions: Iterable[TP]) -> list[TopicPartitionId]:
    return sorted(TopicPartitionId(Topic(tp.topic), tp.partition) for tp in partitions if tp.topic in set(PROCESSORS))


def _faust_settings(settings: WorkerSettings) -> dict[str, Any]:
    """Return the settings under which Faust does least of its own accord."""
    return {
        "broker": [f"kafka://{host}" for host in settings.bootstrap.split(",")],
        "store": "memory://",
        "datadir": str(settings.data_dir / settings.name),
        "processing_guarantee": "at_least_once",
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "web_enabled": False,
        "worker_redirect_stdouts": False,
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": 1 << 20,
        "broker_commit_interval": 1.0,
        "broker_session_timeout": settings.session_timeout,
        "broker_heartbeat_interval": settings.session_timeout / 5,
        "broker_rebalance_timeout": 30.0,
        "broker_request_timeout": 40.0,
        "broker_max_poll_interval": 300.0,
        "stream_buffer_maxsize": 64,
    }
