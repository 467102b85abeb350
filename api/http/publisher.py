"""The one way in, seen from the API: nobody hears of an event before the broker has acknowledged it."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from api.http.kafka_clients import event_producer
from ioc.core.records import Outgoing
from ioc.core.topics import Topic

Headers = Sequence[tuple[str, bytes]]

# Seconds that the broker may take before what was sent is not known to be safe; it may still be written later.
PATIENCE = 10.0
_LAST_WORDS = 5.0
# Said before anything went out: the producer is none the worse for them.
_OURS = (MessageSizeTooLargeError, KafkaTimeoutError)

_log = logging.getLogger(__name__)


class NotPublished(Exception):
    """The broker did not acknowledge a record."""


class Publisher(Protocol):
    """Writes events, and other records; returns once all are safe. Raises NotPublished when one is not known to be."""

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record under an incident's id, or give it up after `PATIENCE`."""

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait for as long as it takes."""


class KafkaPublisher:
    """Publishes to the broker, acknowledged by all in-sync replicas, each record once and in order."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._renewal: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect. Raises KafkaError when no broker answers."""
        self._producer = await self._started()

    async def _started(self) -> AIOKafkaProducer:
        producer = event_producer(self._bootstrap)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def stop(self) -> None:
        """Disconnect; what the broker has not acknowledged in a while is given up."""
        if self._renewal is not None:
            self._renewal.cancel()
        if self._producer is not None:
            await _let_go(self._producer)

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record and wait for the broker's word."""
        try:
            await asyncio.wait_for(self.publish_all([Outgoing(topic, key, value, tuple(headers))]), PATIENCE)
        except TimeoutError as error:
            raise NotPublished from error

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait for the broker's word on every one."""
        producer = self._producer
        if producer is None:
            raise NotPublished
        try:
            sent = [
                await producer.send(one.topic, one.value, key=one.key, headers=list(one.headers)) for one in records
            ]
            await asyncio.gather(*sent)
        except KafkaError as error:
            if not isinstance(error, _OURS):
                self._renew(producer)
            raise NotPublished from error

    def _renew(self, doubtful: AIOKafkaProducer) -> None:
        """Go on with a new producer: aiokafka's counts a batch it gave up, and the broker refuses all after the gap."""
        if doubtful is self._producer and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._replace(doubtful))

    async def _replace(self, doubtful: AIOKafkaProducer) -> None:
        try:
            self._producer = await self._started()
        except KafkaError as error:
            _log.warning("no new producer yet: %s", type(error).__name__)  # the next record that fails tries again
            return
        await _let_go(doubtful)


async def _let_go(producer: AIOKafkaProducer) -> None:
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.stop(), _LAST_WORDS)
