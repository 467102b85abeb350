"""Reading the topics for a check: what a processor wrote and refused, how far it has come, and its log."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from aiokafka import ConsumerRecord

from console.topic_reader import read_positions, read_topic
from console.verify.snapshot import PartitionSnapshot
from ioc.core.dead_letter import ErrorHeader
from ioc.core.records import Position, Record
from ioc.core.topics import Topic
from ioc.processors.registry import PROCESSORS

SnapshotT = TypeVar("SnapshotT", bound=PartitionSnapshot)

_INPUTS = {topic.encode() for topic in PROCESSORS}


async def read_written(
    bootstrap: str,
    topic: Topic,
    snapshots: Mapping[int, SnapshotT],
    take: Callable[[SnapshotT, ConsumerRecord], None],
) -> None:
    """Let `take` put every record of a topic into its partition's snapshot. One it cannot read is noted as foreign."""
    async for record in read_topic(bootstrap, topic):
        snapshot = snapshots[record.partition]
        try:
            take(snapshot, record)
        except Exception:  # whatever is wrong with it, the streams do not write such
            snapshot.unreadable.append(f"{topic} {record.partition}:{record.offset}")


def dead_letters_of(topic: Topic) -> Callable[[PartitionSnapshot, ConsumerRecord], None]:
    """Return what takes the dead letters of an input topic; those that name none that is folded are the events'."""

    def take(snapshot: PartitionSnapshot, record: ConsumerRecord) -> None:
        headers = dict(record.headers)
        origin = headers.get(ErrorHeader.TOPIC)
        if (origin if origin in _INPUTS else Topic.EVENTS.encode()) == topic.encode():
            snapshot.dead_letters.append((int(headers[ErrorHeader.OFFSET]), (record.key, record.value)))

    return take


async def read_later(bootstrap: str, topic: Topic, snapshots: Mapping[int, SnapshotT]) -> None:
    """Read how far each partition has come when all it wrote was read."""
    later = await read_positions(bootstrap, topic)
    for number, snapshot in snapshots.items():
        snapshot.later = later.get(number, Position())


async def read_log(
    bootstrap: str, topic: Topic, snapshots: Mapping[int, SnapshotT], ends: Mapping[int, int] | None = None
) -> None:
    """Read the input, up to its very end unless `ends` are given: there lies what was sent with the positions."""
    async for record in read_topic(bootstrap, topic, ends):
        read = Record(record.offset, record.timestamp, record.key, record.value, record.headers)
        snapshots[record.partition].log.append(read)
