"""The log as tests see it: committed records of topics, read and published with another client than the product's."""

import time
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ioc.core.topics import MAX_RECORD_BYTES, Topic
from tests.city import RunningCity


def read(bootstrap: str, topic: Topic, partitions: int = 1) -> list[Any]:
    """Return all committed records of a topic."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False)
    try:
        tps = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(tps)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(tps)
        records: list[Any] = []
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            for batch in consumer.poll(timeout_ms=200).values():
                records += batch
        return records
    finally:
        consumer.close()


def publish(
    bootstrap: str, *records: tuple[bytes | None, bytes], partition: int | None = None, **settings: Any
) -> None:
    """Publish events, and return once the broker has all of them; `settings` are the producer's."""
    producer = KafkaProducer(**{"bootstrap_servers": bootstrap, "max_request_size": MAX_RECORD_BYTES, **settings})
    try:
        for delivery in [producer.send(Topic.EVENTS, value, key=key, partition=partition) for key, value in records]:
            delivery.get(timeout=30)
    finally:
        producer.close()


def until(count: int, centre: RunningCity, topic: Topic, seconds: float = 60) -> list[Any]:
    """Wait until a topic holds that many committed records."""
    deadline = time.monotonic() + seconds
    while len(records := read(centre.bootstrap, topic)) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records on {topic}\n{centre.logs()}"
        time.sleep(0.3)
    return records
