"""The partition of a key is that of Kafka's own clients; a record that came to another one is refused."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason
from ioc.core.times import MINUTE
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, at, record

START = at("2026-04-14 08:00")
KEY = b"field-reports:1"


@given(st.binary(max_size=64), st.integers(1, 48))
def test_it_is_the_partition_kafkas_clients_choose(key: bytes, partitions: int) -> None:
    numbers = list(range(partitions))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, numbers, numbers)


def test_a_record_of_another_partition_is_refused_and_one_of_ours_is_not() -> None:
    ours = partition_of(KEY, 4)
    for partition in range(4):
        changes = IncidentProcessor(partition, CITY, ClockKind.WALL, partitions=4).fold([record(0, "reported", START)])
        reasons = [letter.rejection.reason for letter in changes.dead_letters]
        assert reasons == ([] if partition == ours else [Reason.WRONG_PARTITION])
        assert len(changes.incidents) == (partition == ours)


def test_a_refused_event_does_not_move_the_events_clock() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
    far = record(1, "reported", at("2090-01-01 00:00"), subject="2", service="nobody")
    changes = processor.fold([record(0, "reported", START), far, Record(2, START, KEY, b"nonsense")])
    assert len(changes.dead_letters) == 2
    assert changes.position.clock < START + MINUTE
