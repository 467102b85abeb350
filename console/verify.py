"""Checking the centre against itself: everything is computed again from the log, and compared with what was written."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from console.compare import Written, differences
from console.log import read_topic, wait_until_folded
from ioc.aggregates import decode_key
from ioc.catalogue import Catalogue
from ioc.records import decode_aggregate, decode_fact, decode_incident
from ioc.shard import Position, Record, Shard
from ioc.topics import Topic
from streams.settings import WorkerSettings


def verify_log(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> int:
    """Print what was compared and every difference; return 1 when there is one, else 0."""
    return asyncio.run(_verify(settings, catalogue, wait))


async def _verify(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> int:
    reached = await wait_until_folded(settings.bootstrap, wait)
    written = await _written(settings.bootstrap)
    told = _Told()
    async for record in read_topic(settings.bootstrap, Topic.EVENTS):
        told.log[record.partition].append(
            Record(record.offset, record.timestamp, record.key, record.value, record.headers)
        )
    for number, position in sorted(reached.items()):
        recomputed = _recomputed(number, told.log[number], position, settings, catalogue)
        found = differences(recomputed, written[number], position, settings.clock)
        told.take(written[number], found)
    return told.print()


@dataclass
class _Told:
    """What the comparison has to say."""

    log: defaultdict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def take(self, written: Written, found: list[str]) -> None:
        for name in ("incidents", "windows", "facts", "dead_letters"):
            self.counts[name] += len(getattr(written, name))
        self.found += found

    def print(self) -> int:
        console = Console()
        table = Table("compared", "records")
        table.add_row("events", f"{sum(map(len, self.log.values())):,}")
        for name, count in self.counts.items():
            table.add_row(name.replace("_", " "), f"{count:,}")
        console.print(table, f"{len(self.found)} differences", *self.found[:40], sep="\n", highlight=False)
        return 1 if self.found else 0


async def _written(bootstrap: str) -> defaultdict[int, Written]:
    """Return what the streams wrote, by partition."""
    written: defaultdict[int, Written] = defaultdict(Written)
    async for record in read_topic(bootstrap, Topic.INCIDENTS):
        written[record.partition].incidents[record.key.decode()] = decode_incident(record.value)
    async for record in read_topic(bootstrap, Topic.AGGREGATES):
        _, cell = decode_key(record.key)
        written[record.partition].windows.pop(cell, None)
        if record.value is not None:
            written[record.partition].windows[cell] = decode_aggregate(record.value)
    async for record in read_topic(bootstrap, Topic.FACTS):
        written[record.partition].facts.append(decode_fact(record.value))
    async for record in read_topic(bootstrap, Topic.DEAD_LETTERS):
        offset = int(dict(record.headers)["ioc-error-offset"])
        written[record.partition].dead_letters.append((offset, record.key, record.value))
    return written


def _recomputed(
    number: int, log: list[Record], position: Position, settings: WorkerSettings, catalogue: Catalogue
) -> Written:
    """Return what a fresh shard makes of the log up to the position."""
    shard = Shard(number, catalogue, settings.clock)
    made = Written()
    todo = [record for record in log if record.offset < position.next]
    for start in range(0, len(todo), settings.slice_records):
        changes = shard.fold(todo[start : start + settings.slice_records])
        shard.apply(changes)
        made.facts += changes.facts
        made.dead_letters += [(d.record.offset, d.record.key, d.record.value) for d in changes.dead_letters]
    made.incidents, made.windows, made.position = shard.incidents, shard.aggregates, shard.position
    return made
