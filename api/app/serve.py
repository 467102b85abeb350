"""Runs the API as a process, with the wall clock, Kafka and a port."""

import asyncio
import gc
import logging
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from api.app.app import make_api
from api.app.parts import Parts
from api.app.screen_files import build_id
from api.feed.feed import Feed
from api.http.auth import Gate
from api.http.publisher import KafkaPublisher
from api.http.settings import ApiSettings, AuthSettings
from api.identities.identities import KafkaIdentities
from api.intake.rate_limit import ProducerRateLimit
from api.read_model.read_model import ReadModel
from api.read_model.reader import TopicReader
from api.read_model.records import TOPICS, applier_of
from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant
from ioc.signing.signer import Signer, private_key, signer_of

# The exit code of a process that could no longer trust its read model.
EXIT_IN_DOUBT = 70

# The thresholds of the garbage collector's three generations. It runs seldom: nearly everything in memory stays, and
# every screen waits while the collector looks through it.
GC_THRESHOLDS = (20_000, 5, 50)

_log = logging.getLogger(__name__)


def wall_clock() -> Instant:
    """Return the time of the wall clock in ms."""
    return time.time_ns() // 1_000_000


async def run_or_exit(name: str, task: Coroutine[None, None, None]) -> None:
    """Run a task that must never end. When it fails, end the process: its supervisor starts a new one."""
    try:
        await task
    except asyncio.CancelledError:
        raise
    except BaseException:
        _log.critical("the %s failed; stopping", name, exc_info=True)
        logging.shutdown()
        os._exit(EXIT_IN_DOUBT)


def serve(settings: ApiSettings, auth: AuthSettings, catalogue: Catalogue) -> None:
    """Serve until the process is asked to stop."""
    model = ReadModel(catalogue, wall_clock)
    model.loading = True
    model.counters()  # from the start, deadlines that have passed count as overdue
    gc.disable()  # reading the log makes no cycles, and looking for them takes longer the more there is
    publisher = KafkaPublisher(settings.bootstrap)
    identities = KafkaIdentities(settings.bootstrap)
    parts = Parts(
        settings=settings,
        model=model,
        feed=Feed(model, wall_clock, build_id()),
        publisher=publisher,
        gate=Gate(auth),
        identities=identities,
        signer=_signer(settings, catalogue),
        war_room_link=catalogue.war_room_link(os.environ),
        rate_limit=ProducerRateLimit(settings.intake_rate),
    )
    if parts.gate.is_open:
        _log.warning("no IOC_AUTH_* is set: all can give commands and send events here; identities are not shown")
    caught_up = asyncio.Event()

    def count(topic: str, records: int) -> None:
        parts.metrics.records.labels(topic).inc(records)

    async def run() -> None:
        await publisher.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(TopicReader(settings.bootstrap, TOPICS, applier_of(model), caught_up.set, count).run())
            if not parts.gate.is_open:  # otherwise nobody may see identities, and they are not even read
                tasks.create_task(identities.reader(count).run())
            tasks.create_task(_feed_when_ready(parts, caught_up))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(run_or_exit("reader", run()))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await publisher.stop()

    _Server(parts, make_api(parts, lifespan)).run()


def _signer(settings: ApiSettings, catalogue: Catalogue) -> Signer | None:
    """Return the signer of the centre's own directives; None without a key that the catalogue knows."""
    if settings.signing_key is None:
        return None
    signer = signer_of(private_key(settings.signing_key.read_bytes()), catalogue.keys)
    if signer is None:
        _log.warning("IOC_SIGNING_KEY is not in keys.yml: the centre cannot give directives of its own")
    return signer


async def _feed_when_ready(parts: Parts, caught_up: asyncio.Event) -> None:
    """Once the log has been read to its end, finish the indexes, answer requests, and feed the screens."""
    await caught_up.wait()
    for _ in parts.model.flush_steps():
        await asyncio.sleep(0)  # this takes long, and the health routes answer meanwhile
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()
    gc.freeze()  # what has been read stays in memory: it need not be looked through
    parts.model.sensors.dirty.clear()
    parts.readiness.ready = True
    _log.info("read to the end: %d incidents", len(parts.model))
    await parts.feed.run()


class _Server(uvicorn.Server):
    """Closes the live feeds when the process is asked to stop: they would never end by themselves."""

    def __init__(self, parts: Parts, api: FastAPI) -> None:
        settings = parts.settings
        super().__init__(
            uvicorn.Config(
                api,
                settings.host,
                settings.port,
                loop="uvloop",  # cheaper with many screens: it keeps no copy of what it could write at once
                http="h11",  # rejects requests whose head does not end
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._feed = parts.feed

    def handle_exit(self, sig: int, frame: object) -> None:
        """Close the feeds, then stop as uvicorn does."""
        self._feed.close()
        super().handle_exit(sig, frame)  # type: ignore[arg-type]
