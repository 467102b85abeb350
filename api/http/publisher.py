"""The API's way to the log: no event is confirmed to its sender before the broker has acknowledged it."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from api.http.kafka_clients import event_producer
from ioc.core.records import Headers, Outgoing
from ioc.core.topics import Topic

# Seconds the broker may take to acknowledge a record; after that it may still be written, but nobody knows.
PATIENCE = 10.0
_STOP_SECONDS = 5.0
# Raised before anything was sent: the producer can go on.
_HARMLESS_ERRORS = (MessageSizeTooLargeError, KafkaTimeoutError)

_log = logging.getLogger(__name__)


class NotPublished(Exception):
    """The broker did not acknowledge a record."""


class Publisher(Protocol):
    """Writes records and returns once all are safe. Raises NotPublished when one is not known to be."""

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record under an incident's id, or give it up after `PATIENCE`."""

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait for as long as it takes."""


class KafkaPublisher:
    """Publishes to Kafka: acknowledged by all in-sync replicas, each record once and in order."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._renewal: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect. Raises KafkaError when no broker answers."""
        self._producer = await self._start_producer()

    async def _start_producer(self) -> AIOKafkaProducer:
        producer = event_producer(self._bootstrap)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def stop(self) -> None:
        """Disconnect; records the broker does not acknowledge within some seconds are given up."""
        if self._renewal is not None:
            self._renewal.cancel()
        if self._producer is not None:
            await _stop_producer(self._producer)

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record and wait for the acknowledgement."""
        try:
            await asyncio.wait_for(self.publish_all([Outgoing(topic, key, value, tuple(headers))]), PATIENCE)
        except TimeoutError as error:
            raise NotPublished from error

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait for the acknowledgement of each."""
        producer = self._producer
        if producer is None:
            raise NotPublished
        try:
            acknowledgements = [
                await producer.send(record.topic, record.value, key=record.key, headers=list(record.headers))
                for record in records
            ]
            await asyncio.gather(*acknowledgements)
        except KafkaError as error:
            if not isinstance(error, _HARMLESS_ERRORS):
                self._renew(producer)
            raise NotPublished from error

    def _renew(self, failed: AIOKafkaProducer) -> None:
        """Go on with a new producer.

        aiokafka counts a batch that it gave up as sent, and the broker rejects every batch after the gap.
        """
        if failed is self._producer and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._replace(failed))

    async def _replace(self, failed: AIOKafkaProducer) -> None:
        try:
            self._producer = await self._start_producer()
        except KafkaError as error:
            _log.warning("no new producer yet: %s", type(error).__name__)  # the next record that fails tries again
            return
        await _stop_producer(failed)


async def _stop_producer(producer: AIOKafkaProducer) -> None:
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.stop(), _STOP_SECONDS)
