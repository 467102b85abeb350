"""Partitions through a rebalance: those that stay are not built anew, unless another has owned them meanwhile."""

from pathlib import Path

import pytest

from ioc.core.records import Position
from ioc.core.topics import Topic
from streams.partition.assignment import Assignment
from streams.partition.journal import Journal
from streams.partition.partition import InputPartition
from streams.settings import WorkerSettings
from tests.city import fresh_topics
from tests.unit.samples import CITY

FIRST, SECOND = InputPartition(Topic.EVENTS, 0), InputPartition(Topic.EVENTS, 1)

pytestmark = pytest.mark.broker


@pytest.fixture
def assignment(kafka: str, tmp_path: Path) -> Assignment:
    fresh_topics(kafka, 2)
    return Assignment(WorkerSettings(bootstrap=kafka, data_dir=tmp_path), CITY)


async def test_a_partition_that_stays_is_not_built_anew_and_one_that_does_not_is_let_go_of(
    assignment: Assignment,
) -> None:
    await assignment.assign([FIRST, SECOND])
    first, second = await assignment.get(FIRST), await assignment.get(SECOND)
    await assignment.revoke([FIRST, SECOND])
    assert assignment.opened() == []
    await assignment.assign([FIRST])
    assert await assignment.get(FIRST) is first
    assert assignment.opened() == [first]
    await assignment.revoke([FIRST])
    await assignment.assign([FIRST, SECOND])
    assert await assignment.get(FIRST) is first
    assert await assignment.get(SECOND) is not second
    await assignment.revoke([FIRST, SECOND])
    await assignment.assign([])


async def test_one_that_another_has_owned_meanwhile_is_built_anew(assignment: Assignment, kafka: str) -> None:
    await assignment.assign([FIRST])
    first = await assignment.get(FIRST)
    await assignment.revoke([FIRST])
    other = await Journal.open(Topic.EVENTS, 0, 2, kafka)
    assert await other.is_ours(Position(next=7))
    await other.close()
    await assignment.assign([FIRST])
    again = await assignment.get(FIRST)
    assert again is not first
    assert again.processor.position.next == 7
    await assignment.revoke([FIRST])
    await assignment.assign([])
