"""The API's producer: what it says of the broker's answers, and how it goes on after one it cannot go on from."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, OutOfOrderSequenceNumber

from api.http import kafka_clients, publisher
from api.http.publisher import KafkaPublisher, NotPublished
from ioc.core.records import Outgoing
from ioc.core.topics import Topic

RECORD = Outgoing(Topic.EVENTS, b"field-reports:1", b"{}")


class ScriptedProducer:
    """A producer whose records end as the test says."""

    instances: list["ScriptedProducer"]
    fails_to_start = False

    def __init__(self, **_: object) -> None:
        self.end: Callable[[asyncio.Future[None]], None] = lambda future: future.set_result(None)
        self.stopped = False
        ScriptedProducer.instances.append(self)

    async def start(self) -> None:
        if ScriptedProducer.fails_to_start:
            raise KafkaConnectionError

    async def stop(self) -> None:
        self.stopped = True

    async def send(self, *_: object, **__: object) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        self.end(future)
        return future


@pytest.fixture
def producers(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedProducer]:
    monkeypatch.setattr(kafka_clients, "AIOKafkaProducer", ScriptedProducer)
    ScriptedProducer.instances, ScriptedProducer.fails_to_start = [], False
    return ScriptedProducer.instances


async def test_a_producer_that_lost_its_count_is_replaced(producers: list[ScriptedProducer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    producers[0].end = lambda future: future.set_exception(OutOfOrderSequenceNumber())
    for _ in range(2):
        with pytest.raises(NotPublished):
            await kafka.publish_all([RECORD, RECORD])
    await asyncio.sleep(0.01)
    await kafka.publish_all([RECORD])
    assert len(producers) == 2, "one new producer, however many records failed"
    assert producers[0].stopped
    await kafka.stop()
    assert producers[1].stopped


async def test_a_record_that_never_went_out_leaves_the_producer_as_it_was(producers: list[ScriptedProducer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    producers[0].end = lambda future: future.set_exception(KafkaTimeoutError())
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    assert len(producers) == 1


async def test_while_no_new_producer_can_be_had_the_next_record_tries_again(producers: list[ScriptedProducer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    producers[0].end = lambda future: future.set_exception(OutOfOrderSequenceNumber())
    ScriptedProducer.fails_to_start = True
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    ScriptedProducer.fails_to_start = False
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    await kafka.publish_all([RECORD])


async def test_a_broker_that_does_not_answer_is_not_waited_for_for_ever(
    producers: list[ScriptedProducer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "PATIENCE", 0.01)
    kafka = KafkaPublisher("")
    await kafka.start()
    producers[0].end = lambda future: None
    with pytest.raises(NotPublished):
        await kafka.publish(RECORD.key, b"{}", ())


async def test_before_it_is_started_nothing_is_published(producers: list[ScriptedProducer]) -> None:
    with pytest.raises(NotPublished):
        await KafkaPublisher("").publish_all([RECORD])
    assert producers == []
