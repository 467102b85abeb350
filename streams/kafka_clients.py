"""TODO."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer

# A larger answer is copied more often than it saves requests; a batch of records that is larger comes all the same.
FETCH_BYTES = 1 << 20

# Milliseconds. aiokafka has one fetch under way at a broker, of the partitions that had nothing waiting when it was
# sent. For all others news waits until it is answered, when those few are quiet.
LONGEST_FETCH = 100


@asynccontextmanager
async def reader(bootstrap: str, isolation: str = "read_committed") -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a consumer outside any group; unless told otherwise it sees committed records only."""
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
