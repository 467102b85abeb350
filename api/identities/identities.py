"""Who reported an incident: read from the log for each request and kept nowhere. Memory holds only offsets."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from api.http.kafka_clients import single_record_consumer
from api.read_model.reader import TopicReader
from ioc.core.topics import Topic
from ioc.incident.payloads import Reporter
from ioc.processors.serde import decode_reporter

# Seconds the broker may take to return one record.
_PATIENCE = 5.0
# A record may have been compacted away a moment ago. It is then looked up again, so many times, after so many seconds.
_TRIES = 10
_PAUSE = 0.1

_log = logging.getLogger(__name__)


class ReporterUnavailable(Exception):
    """The topic has not been read to its end yet, or the broker did not return the record."""


class Identities(Protocol):
    """Finds the reporter of an incident; None when nobody is named. Raises ReporterUnavailable."""

    async def reporter_of(self, incident: str) -> Reporter | None:
        """Return the reporter of an incident."""


class KafkaIdentities:
    """Follows the topic of reporters and remembers partition and offset of each incident's newest record."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._offsets: dict[str, tuple[int, int]] = {}
        self._ready = False

    def reader(self, count: Callable[[str, int], None]) -> TopicReader:
        """Return the reader that must run for the offsets to be known. `count` gets the number of records read."""
        return TopicReader(self._bootstrap, (Topic.REPORTERS,), self.note, self._mark_ready, count)

    def _mark_ready(self) -> None:
        self._ready = True
        _log.info("read to the end: the places of %d reporters", len(self._offsets))

    def note(self, record: ConsumerRecord) -> None:
        """Remember where a record lies, and nothing of its content."""
        incident = record.key.decode()
        if record.value is None:
            self._offsets.pop(incident, None)
        else:
            self._offsets[incident] = record.partition, record.offset

    async def reporter_of(self, incident: str) -> Reporter | None:
        """Return the reporter of an incident, read from the log for this call."""
        if not self._ready:
            raise ReporterUnavailable
        for _ in range(_TRIES):
            location = self._offsets.get(incident)
            if location is None:
                return None
            record = await self._read(*location)
            if record is not None and record.offset == location[1]:
                return decode_reporter(record.value)
            await asyncio.sleep(_PAUSE)  # compacted away: the record that replaced it is about to be noted
        raise ReporterUnavailable

    async def _read(self, partition: int, offset: int) -> ConsumerRecord | None:
        """Return the first record from an offset on. Whatever else was fetched is dropped with the consumer."""
        tp = TopicPartition(Topic.REPORTERS, partition)
        consumer = single_record_consumer(self._bootstrap)
        try:
            await consumer.start()
            consumer.assign([tp])
            consumer.seek(tp, offset)
            return await asyncio.wait_for(consumer.getone(tp), _PATIENCE)
        except (KafkaError, TimeoutError) as error:
            raise ReporterUnavailable from error
        finally:
            await consumer.stop()
