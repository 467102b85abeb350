"""Partitions through a rebalance: those that stay are not built anew, unless another has owned them meanwhile."""

from pathlib import Path

import pytest

from ioc.core.records import Position
from ioc.core.topics import Topic
from streams.partition.assignment import Partitions
from streams.partition.journal import Journal
from streams.partition.partition import TopicPartitionId
from streams.settings import WorkerSettings
from tests.city import fresh_topics
from tests.unit.samples import CITY

ONE, TWO = TopicPartitionId(Topic.EVENTS, 0), TopicPartitionId(Topic.EVENTS, 1)


@pytest.fixture
def partitions(kafka: str, tmp_path: Path) -> Partitions:
    fresh_topics(kafka, 2)
    return Partitions(WorkerSettings(bootstrap=kafka, data_dir=tmp_path), CITY)


async def test_a_partition_that_stays_is_not_built_anew_and_one_that_does_not_is_let_go_of(
    partitions: Partitions,
) -> None:
    await partitions.assign([ONE, TWO])
    one, two = await partitions.get(ONE), await partitions.get(TWO)
    await partitions.revoke([ONE, TWO])
    assert partitions.opened() == []
    await partitions.assign([ONE])
    assert await partitions.get(ONE) is one
    assert partitions.opened() == [one]
    await partitions.revoke([ONE])
    await partitions.assign([ONE, TWO])
    assert await partitions.get(ONE) is one
    assert await partitions.get(TWO) is not two
    await partitions.revoke([ONE, TWO])
    await partitions.assign([])


async def test_one_that_another_has_owned_meanwhile_is_built_anew(partitions: Partitions, kafka: str) -> None:
    await partitions.assign([ONE])
    one = await partitions.get(ONE)
    await partitions.revoke([ONE])
    other = await Journal.open(Topic.EVENTS, 0, 2, kafka)
    assert await other.is_ours(Position(next=7))
    await other.close()
    await partitions.assign([ONE])
    again = await partitions.get(ONE)
    assert again is not one
    assert again.shard.position.next == 7
    await partitions.revoke([ONE])
    await partitions.assign([])
