"""Who reported an incident, read from the log for each look and kept nowhere: in memory is only where it lies."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from api.http.kafka_clients import single_record_consumer
from api.read_model.reader import Reader
from ioc.core.topics import Topic
from ioc.incident.payloads import Reporter
from ioc.processors.serde import decode_reporter

# Seconds that the log may take to give one record.
_PATIENCE = 5.0
# A record can have been replaced a moment ago: so often it is looked for anew, after so many seconds.
_TRIES = 10
_PAUSE = 0.1

_log = logging.getLogger(__name__)


class NotReadable(Exception):
    """The log was not read to its end yet, or did not give the record."""


class Identities(Protocol):
    """Tells who reported an incident; None when nobody is named. Raises NotReadable."""

    async def of(self, incident: str) -> Reporter | None:
        """Return the reporter of an incident."""


class KafkaIdentities:
    """Follows the topic of reporters and remembers the place of each incident's newest record."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._places: dict[str, tuple[int, int]] = {}
        self._ready = False

    def reader(self, count: Callable[[str, int], None]) -> Reader:
        """Return what has to run for the places to be known; `count` hears of the records read."""
        return Reader(self._bootstrap, (Topic.REPORTERS,), self.note, self._at_the_end, count)

    def _at_the_end(self) -> None:
        self._ready = True
        _log.info("read to the end: the places of %d reporters", len(self._places))

    def note(self, record: ConsumerRecord) -> None:
        """Remember where a record lies, and nothing of what it says."""
        incident = record.key.decode()
        if record.value is None:
            self._places.pop(incident, None)
        else:
            self._places[incident] = record.partition, record.offset

    async def of(self, incident: str) -> Reporter | None:
        """Return the reporter of an incident, read for this once."""
        if not self._ready:
            raise NotReadable
        for _ in range(_TRIES):
            place = self._places.get(incident)
            if place is None:
                return None
            found = await self._read(*place)
            if found is not None and found.offset == place[1]:
                return decode_reporter(found.value)
            await asyncio.sleep(_PAUSE)  # compacted away: what replaced it is about to be noted
        raise NotReadable

    async def _read(self, partition: int, offset: int) -> ConsumerRecord | None:
        """Return the first record from a place on. The consumer, and what it has fetched besides, is let go of."""
        tp = TopicPartition(Topic.REPORTERS, partition)
        consumer = single_record_consumer(self._bootstrap)
        try:
            await consumer.start()
            consumer.assign([tp])
            consumer.seek(tp, offset)
            return await asyncio.wait_for(consumer.getone(tp), _PATIENCE)
        except (KafkaError, TimeoutError) as error:
            raise NotReadable from error
        finally:
            await consumer.stop()
