"""Checking the fold of matters against its log: what reports can be the same as, and what was refused. Pure.

That each of its answers is in the log once is checked with all other events of the centre's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from console.verify.diff import compare, compare_additions, refused_by_place
from console.verify.snapshot import PartitionSnapshot, RefusedRecord, SentCounts, refused_record
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Record
from ioc.duplicates.clusters import Cluster
from ioc.processors.duplicates import DuplicateProcessor


@dataclass
class DuplicateSnapshot(PartitionSnapshot):
    """What was read of a partition of the matters."""

    matters: dict[str, Cluster] = field(default_factory=dict)

    @property
    def is_at_rest(self) -> bool:
        """True when nothing came while it was read."""
        return self.position == self.later and all(one.offset < self.later.next for one in self.log)


@dataclass
class DuplicateOutput:
    """What the log makes of the matters, or what the records between the two positions touch."""

    matters: Mapping[str, Cluster | None] = field(default_factory=dict)
    dead_letters: list[RefusedRecord] = field(default_factory=list)
    sent: SentCounts = field(default_factory=SentCounts)


def recompute_duplicates(
    found: DuplicateSnapshot, catalogue: Catalogue, clock: ClockKind, partitions: int
) -> tuple[DuplicateOutput, DuplicateOutput]:
    """Return what the log makes up to the first position, and what the records up to the second touch."""
    shard = DuplicateProcessor(found.partition, catalogue, clock, partitions=partitions)
    made = _folded(shard, [one for one in found.log if one.offset < found.position.next])
    made.matters = dict(shard.matters)
    motion = _folded(shard, [one for one in found.log if found.position.next <= one.offset < found.later.next])
    return made, motion


def _folded(shard: DuplicateProcessor, records: list[Record]) -> DuplicateOutput:
    if not records:
        return DuplicateOutput()
    changes = shard.fold(records)
    shard.apply(changes)
    made = DuplicateOutput(changes.matters, list(map(refused_record, changes.dead_letters)))
    made.sent.update((one.key, one.value or b"") for one in changes.outbox)
    return made


def accepted_candidates(found: DuplicateSnapshot, *made: DuplicateOutput) -> Iterator[Record]:
    """Yield the sightings that were not refused: those are in the dead letters, whoever sent them."""
    refused = {offset for one in made for offset, _ in one.dead_letters}
    return (one for one in found.log if one.offset not in refused)


def duplicate_differences(found: DuplicateSnapshot, made: DuplicateOutput, motion: DuplicateOutput) -> Iterator[str]:
    """Yield every difference between what was found of a partition and what its log makes."""
    yield from compare("matter", made.matters, found.matters, motion.matters.keys())
    refused = (refused_by_place(one, found.partition) for one in (made, motion, found))
    yield from compare_additions("dead letter of the sightings", *refused)
