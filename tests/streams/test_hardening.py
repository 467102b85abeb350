"""Canaries: each fails when what a patch puts right has changed upstream."""

import inspect
from collections import defaultdict
from importlib.metadata import version
from typing import Any

import aiokafka.producer.sender as sender
import pytest
from aiokafka.consumer import fetcher
from faust.transport.consumer import Consumer
from faust.types import TP
from intervaltree import IntervalTree

from streams.hardening import PINNED, SliceConsumer

TP0 = TP("ioc.events", 0)


class Books:
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
    books: Any = Books()
    await Consumer._add_gap(books, TP0, 11, 20)
    assert books._gap[TP0].overlaps(20), "repaired upstream: drop SliceConsumer._add_gap"


async def test_a_slice_is_no_gap_but_what_it_skips_is() -> None:
    class Patched(Books, SliceConsumer):
        def __init__(self) -> None:
            Books.__init__(self)

    books: Any = Patched()
    await SliceConsumer._add_gap(books, TP0, 11, 20)
    assert not books._gap[TP0].overlaps(20)
    assert books._gap[TP0].overlaps(19)


def test_aiokafka_still_waits_between_transactions() -> None:
    assert "BACKOFF_OVERRIDE" in inspect.getsource(sender.Sender._sender_routine) or hasattr(sender, "BACKOFF_OVERRIDE")


def test_aiokafka_still_hands_out_fetched_records_by_the_class_that_is_replaced() -> None:
    source = inspect.getsource(fetcher.Fetcher)
    assert "= FetchResult(" in source
    assert "is FetchResult:" in source
    assert ".getall(max_records)" in source
