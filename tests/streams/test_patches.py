"""Canaries: each fails when what a patch puts right has changed upstream."""

import inspect
from collections import defaultdict
from importlib.metadata import version
from typing import Any

import aiokafka.producer.sender as sender
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer import fetcher
from faust.transport.consumer import Consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP
from intervaltree import IntervalTree

from streams.faust_adapter.patches import PINNED, SliceConsumer

TP0 = TP("ioc.events", 0)
# Read before any test has run: while Python parses, nothing that a test left behind must be collected (CPython 3.11).
CREATE_CONSUMER = inspect.getsource(AIOKafkaConsumerThread._create_worker_consumer)
START_CONSUMER = inspect.getsource(AIOKafkaConsumer.start)
FETCHER, RECORDS = inspect.getsource(fetcher.Fetcher), inspect.getsource(fetcher.PartitionRecords)
NEXT_FETCHES = inspect.getsource(fetcher.Fetcher._get_actions_per_node)


class OffsetBookkeeping:
    """A consumer's book-keeping of offsets, without the consumer."""

    def __init__(self) -> None:
        self._committed_offset: dict[TP, int | None] = {TP0: 10}
        self._gap: defaultdict[TP, Any] = defaultdict(IntervalTree)
        self._acked: defaultdict[TP, list[int]] = defaultdict(list)
        self._acked_index: defaultdict[TP, set[int]] = defaultdict(set)


@pytest.mark.parametrize("package", PINNED)
def test_the_patches_are_for_these_versions(package: str) -> None:
    assert version(package) == PINNED[package]


async def test_faust_counts_a_delivered_record_as_missing() -> None:
    books: Any = OffsetBookkeeping()
    await Consumer._add_gap(books, TP0, 11, 20)
    assert books._gap[TP0].overlaps(20), "repaired upstream: drop SliceConsumer._add_gap"


async def test_a_slice_is_no_gap_but_what_it_skips_is() -> None:
    class PatchedBookkeeping(OffsetBookkeeping, SliceConsumer):
        def __init__(self) -> None:
            OffsetBookkeeping.__init__(self)

    books: Any = PatchedBookkeeping()
    await SliceConsumer._add_gap(books, TP0, 11, 20)
    assert not books._gap[TP0].overlaps(20)
    assert books._gap[TP0].overlaps(19)


def test_faust_has_a_fetch_wait_for_a_second_and_a_half_and_aiokafka_takes_that_up_when_it_starts() -> None:
    assert "fetch_max_wait_ms=1500" in CREATE_CONSUMER
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in START_CONSUMER


def test_aiokafka_has_no_more_than_one_fetch_under_way_at_a_broker() -> None:
    assert "elif node_id in self._in_flight" in NEXT_FETCHES


def test_aiokafka_still_waits_between_transactions() -> None:
    assert "BACKOFF_OVERRIDE" in inspect.getsource(sender.Sender._sender_routine) or hasattr(sender, "BACKOFF_OVERRIDE")


def test_aiokafka_still_hands_out_fetched_records_by_the_class_that_is_replaced() -> None:
    source = FETCHER
    assert "= FetchResult(" in source
    assert "is FetchResult:" in source
    assert ".getall(max_records)" in source


def test_aiokafka_still_unpacks_fetched_records_by_the_class_that_is_replaced() -> None:
    assert "= PartitionRecords(" in FETCHER
    assert "for msg in self._partition_records" in inspect.getsource(fetcher.FetchResult.getall)
    unpacking = RECORDS
    assert "self._records_iterator = self._unpack_records()" in unpacking
    assert "consumer_record = self._consumer_record(tp, record)" in unpacking
