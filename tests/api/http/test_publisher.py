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


class Producer:
    """A producer whose records end as it is told."""

    made: list["Producer"]
    fails_to_start = False

    def __init__(self, **_: object) -> None:
        self.end: Callable[[asyncio.Future[None]], None] = lambda future: future.set_result(None)
        self.stopped = False
        Producer.made.append(self)

    async def start(self) -> None:
        if Producer.fails_to_start:
            raise KafkaConnectionError

    async def stop(self) -> None:
        self.stopped = True

    async def send(self, *_: object, **__: object) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        self.end(future)
        return future


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Producer]:
    monkeypatch.setattr(kafka_clients, "AIOKafkaProducer", Producer)
    Producer.made, Producer.fails_to_start = [], False
    return Producer.made


async def test_a_producer_that_lost_its_count_is_replaced(made: list[Producer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    made[0].end = lambda future: future.set_exception(OutOfOrderSequenceNumber())
    for _ in range(2):
        with pytest.raises(NotPublished):
            await kafka.publish_all([RECORD, RECORD])
    await asyncio.sleep(0.01)
    await kafka.publish_all([RECORD])
    assert len(made) == 2, "one new producer, however many records failed"
    assert made[0].stopped
    await kafka.stop()
    assert made[1].stopped


async def test_a_record_that_never_went_out_leaves_the_producer_as_it_was(made: list[Producer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    made[0].end = lambda future: future.set_exception(KafkaTimeoutError())
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    assert len(made) == 1


async def test_while_no_new_producer_can_be_had_the_next_record_tries_again(made: list[Producer]) -> None:
    kafka = KafkaPublisher("")
    await kafka.start()
    made[0].end = lambda future: future.set_exception(OutOfOrderSequenceNumber())
    Producer.fails_to_start = True
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    Producer.fails_to_start = False
    with pytest.raises(NotPublished):
        await kafka.publish_all([RECORD])
    await asyncio.sleep(0.01)
    await kafka.publish_all([RECORD])


async def test_a_broker_that_does_not_answer_is_not_waited_for_for_ever(
    made: list[Producer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "PATIENCE", 0.01)
    kafka = KafkaPublisher("")
    await kafka.start()
    made[0].end = lambda future: None
    with pytest.raises(NotPublished):
        await kafka.publish(RECORD.key, b"{}", ())


async def test_before_it_is_started_nothing_is_published(made: list[Producer]) -> None:
    with pytest.raises(NotPublished):
        await KafkaPublisher("").publish_all([RECORD])
    assert made == []
