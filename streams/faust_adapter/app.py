"""The Faust app: an agent of three lines for each input topic, the tick, and the heartbeat."""

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
from streams.faust_adapter.batcher import Batcher
from streams.faust_adapter.patches import SliceSchema, apply_patches
from streams.partition.assignment import Assignment
from streams.partition.heartbeat import HeartbeatWriter
from streams.partition.partition import InputPartition
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.app")


def make_app(settings: WorkerSettings, catalogue: Catalogue) -> faust.App:
    """Return the Faust app of a worker, with the patches applied. Faust keeps no table and no topic of its own here."""
    apply_patches(settings.slice_records)
    app = faust.App(settings.group, **_faust_settings(settings))
    assignment = Assignment(settings, catalogue)
    watchdog = Watchdog(settings.frozen_after)
    _follow_assignment(app, assignment)
    for topic in PROCESSORS:
        _add_agent(app, topic, assignment, settings.slice_records)

    async def watch() -> None:
        watchdog.start()
        while True:
            watchdog.alive()
            await asyncio.sleep(1)

    async def tick() -> None:
        try:
            await _tick_forever(assignment, settings)
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "the tick failed", error)

    app.task(watch)
    app.task(tick)
    return app


async def _tick_forever(assignment: Assignment, settings: WorkerSettings) -> None:
    heartbeats = HeartbeatWriter(settings)
    try:
        await heartbeats.start()
        while True:
            partitions = assignment.opened()
            now = now_ms()  # before the ends are asked for: what comes in between still wins over a deadline
            ends = await heartbeats.beat(partitions)
            await asyncio.gather(*(partition.tick(now, ends[partition.id]) for partition in partitions))
            await asyncio.sleep(settings.tick_every)
    except asyncio.CancelledError:  # told to stop; after an error nothing is waited for
        await heartbeats.stop()
        raise


def _add_agent(app: faust.App, topic: Topic, assignment: Assignment, max_records: int) -> None:
    batchers: dict[int, Batcher] = {}

    def batcher(number: int) -> Batcher:
        if number not in batchers:
            partition_id = InputPartition(topic, number)
            batchers[number] = Batcher(str(partition_id), lambda: assignment.get(partition_id), max_records)
        return batchers[number]

    @app.agent(app.topic(topic, schema=SliceSchema()), name=f"{topic}.fold")
    async def fold(stream: Any) -> None:
        async for event in stream.noack().events():  # the batcher acknowledges it
            await batcher(event.message.partition).add(event)


def _follow_assignment(app: faust.App, assignment: Assignment) -> None:
    async def assigned(_: Any, *args: Any, **__: Any) -> None:
        await assignment.assign(_input_partitions(args[0]))

    async def revoked(_: Any, *args: Any, **__: Any) -> None:
        await assignment.revoke(_input_partitions(args[0]))

    app.on_partitions_assigned.connect(assigned)  # type: ignore[arg-type]  # signals are typed for sync only
    app.on_partitions_revoked.connect(revoked)  # type: ignore[arg-type]


def _input_partitions(partitions: Iterable[TP]) -> list[InputPartition]:
    return sorted(InputPartition(Topic(tp.topic), tp.partition) for tp in partitions if tp.topic in set(PROCESSORS))


def _faust_settings(settings: WorkerSettings) -> dict[str, Any]:
    """Return the settings under which Faust does least by itself."""
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
