"""Computing again, from the log alone, what the fold of a partition has to have written. Pure."""

from collections.abc import Iterator, Sequence

from console.written import Motion, Written, identities, letter
from ioc.lane import Position, Record
from ioc.shard import Changes, Shard


def recompute(
    shard: Shard, log: Sequence[Record], before: Position, later: Position, slice_records: int
) -> tuple[Written, Motion]:
    """Return what a fresh shard makes of the log up to the first position, and what is in motion until the second."""
    made, motion = Written(shard.partition), Motion()
    for changes in _folded(shard, [record for record in log if record.offset < before.next], slice_records):
        made.facts += changes.facts
        made.dead_letters += map(letter, changes.dead_letters)
        for incident, told in identities(changes):
            made.identify(incident, told)
    made.incidents, made.windows, made.position = dict(shard.incidents), dict(shard.aggregates), shard.position
    for changes in _folded(shard, [one for one in log if before.next <= one.offset < later.next], slice_records):
        motion.take(changes)
    motion.position = shard.position
    return made, motion


def _folded(shard: Shard, records: Sequence[Record], slice_records: int) -> Iterator[Changes]:
    for start in range(0, len(records), slice_records):
        changes = shard.fold(records[start : start + slice_records])
        shard.apply(changes)
        yield changes
