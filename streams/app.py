"""The Faust app: one agent of three lines, the tick, and the heartbeat."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import faust
from faust.types import TP

from ioc.catalogue import Catalogue
from ioc.topics import Topic
from streams.clock import now_ms
from streams.doubt import Exit, Watchdog, stop_at_once
from streams.hardening import SliceSchema, harden
from streams.heartbeat import Pulse
from streams.partitions import Partitions
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

    @app.agent(app.topic(Topic.EVENTS, schema=SliceSchema()), name="ioc.fold")
    async def fold(stream: Any) -> None:
        async for event in stream.events():
            try:
                await (await partitions.get(event.message.partition)).fold(event.value)
            except Exception as error:  # were it to travel on, Faust would acknowledge the slice and lose it
                stop_at_once(Exit.UNEXPECTED, f"partition {event.message.partition} was not folded", error)

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
                await asyncio.gather(*(p.tick(now, ends[p.shard.partition]) for p in opened))
                await asyncio.sleep(settings.tick_every)
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "the tick failed", error)

    app.task(live)
    app.task(beat)
    return app


def _follow_assignment(app: faust.App, partitions: Partitions) -> None:
    async def assigned(_: Any, *args: Any, **__: Any) -> None:
        partitions.assign(_events(args[0]))

    async def revoked(_: Any, *args: Any, **__: Any) -> None:
        await partitions.revoke(_events(args[0]))

    app.on_partitions_assigned.connect(assigned)  # type: ignore[arg-type]  # signals are typed for sync only
    app.on_partitions_revoked.connect(revoked)  # type: ignore[arg-type]


def _events(partitions: Iterable[TP]) -> list[int]:
    return sorted(tp.partition for tp in partitions if tp.topic == Topic.EVENTS)


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
