"""The Kafka clients of the API: one that writes, one that follows whole topics, one that reads a single record."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ioc.core.topics import Topic

_BATCH_BYTES = 256 * 1024
_FETCH_BYTES = 4 * 1024 * 1024
# Milliseconds: while a fetch is under way nothing else is asked of its broker, not even for other partitions.
_LONGEST_FETCH = 100


def event_producer(bootstrap: str) -> AIOKafkaProducer:
    """Return a producer whose records all in-sync replicas acknowledge, each written once and in order."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=10_000,
        max_batch_size=_BATCH_BYTES,
    )


def topics_consumer(bootstrap: str, topics: Sequence[Topic]) -> AIOKafkaConsumer:
    """Return a consumer of what is committed to some topics, in no group: every API process reads everything."""
    return AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        group_id=None,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=_LONGEST_FETCH,
    )


def single_record_consumer(bootstrap: str) -> AIOKafkaConsumer:
    """Return a consumer that fetches little at a time, for one record at a known offset."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        max_partition_fetch_bytes=1,  # one batch of records, whatever its size
    )
