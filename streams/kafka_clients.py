"""Every Kafka client of streams and the command line, with its options. Clients are returned unstarted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener

from ioc.core.times import SECOND
from ioc.core.topics import MAX_DEAD_LETTER_BYTES, MAX_RECORD_BYTES, Topic

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

COMMITTED, UNCOMMITTED = "read_committed", "read_uncommitted"

# A larger answer is copied more often than it saves requests; a batch of records that is larger comes all the same.
FETCH_BYTES = 1 << 20
VIEW_FETCH_BYTES = 4 << 20

# Milliseconds. aiokafka has one fetch under way at a broker, of the partitions that had nothing waiting when it was
# sent. For all others news waits until it is answered, when those few are quiet.
LONGEST_FETCH = 100

# Larger batches than aiokafka's own: a slice is written in few requests.
BATCH_BYTES = 1 << 18
_TRANSACTION_TIMEOUT = 30 * SECOND


@asynccontextmanager
async def reader(bootstrap: str, isolation: str = COMMITTED) -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a started consumer outside any group; unless told otherwise it sees committed records only."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level=isolation,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=LONGEST_FETCH,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def end_offsets_consumer(bootstrap: str) -> AIOKafkaConsumer:
    """Return a consumer that only asks where the committed part of partitions ends."""
    return AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, isolation_level=COMMITTED)


def view_consumer(bootstrap: str) -> AIOKafkaConsumer:
    """Return a consumer that follows committed states, outside any group."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level=COMMITTED,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=VIEW_FETCH_BYTES,
    )


def group_consumer(
    bootstrap: str, group: str, session_timeout: float, topics: Sequence[Topic], listener: ConsumerRebalanceListener
) -> AIOKafkaConsumer:
    """Return a consumer that shares topics with its group. `session_timeout` is in seconds; it commits no offsets."""
    session = round(session_timeout * SECOND)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        isolation_level=COMMITTED,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=session,
        heartbeat_interval_ms=session // 5,
    )
    consumer.subscribe(topics, listener=listener)
    return consumer


def journal_producer(bootstrap: str, transactional_id: str) -> AIOKafkaProducer:
    """Return the producer of a partition's journal. Starting it fences off the former owner of the id."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=transactional_id,
        transaction_timeout_ms=_TRANSACTION_TIMEOUT,
        max_batch_size=BATCH_BYTES,
        max_request_size=MAX_DEAD_LETTER_BYTES,
    )


def notification_log_producer(bootstrap: str, transactional_id: str) -> AIOKafkaProducer:
    """Return the producer of a notification log. Starting it fences off the former owner of the id."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=transactional_id,
        transaction_timeout_ms=_TRANSACTION_TIMEOUT,
    )


def heartbeat_producer(bootstrap: str) -> AIOKafkaProducer:
    """Return the producer of heartbeats, acknowledged by all in-sync replicas."""
    return AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)


def catalogue_producer(bootstrap: str) -> AIOKafkaProducer:
    """Return the producer of catalogue files: they are large, and compress well."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type="gzip", max_request_size=MAX_RECORD_BYTES, acks="all"
    )


def event_producer(bootstrap: str, linger_ms: int = 20) -> AIOKafkaProducer:
    """Return a producer of events: each is written once and in order; it may wait `linger_ms` for others."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        linger_ms=linger_ms,
        max_batch_size=BATCH_BYTES,
        max_request_size=MAX_RECORD_BYTES,
    )


def admin_client(bootstrap: str) -> "KafkaAdminClient":
    """Return a connected client that makes and changes topics."""
    from kafka import KafkaAdminClient  # another library, which no worker needs

    return KafkaAdminClient(bootstrap_servers=bootstrap)
