"""The one way in, seen from the API: nobody hears of an event before the broker has acknowledged it."""

from collections.abc import Sequence
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ioc.topics import Topic

Headers = Sequence[tuple[str, bytes]]


class NotPublished(Exception):
    """The broker did not acknowledge a record."""


class Publisher(Protocol):
    """Writes an event, or another record; returns once it is safe. Raises NotPublished when it is not known to be."""

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record under an incident's id."""


class KafkaPublisher:
    """Publishes to the broker, acknowledged by all in-sync replicas."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect. Raises KafkaError when no broker answers."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True, request_timeout_ms=10_000
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._producer.stop()

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        """Publish one record and wait for the broker's word."""
        if self._producer is None:
            raise NotPublished
        try:
            await self._producer.send_and_wait(topic, value, key=key, headers=list(headers))
        except KafkaError as error:
            raise NotPublished from error
