"""Computing again, from the log alone, what the fold of a partition has to have written. Pure."""

from collections.abc import Callable, Iterator, Sequence

from console.verify.snapshot import IncidentMotion, IncidentOutput, refused_record, reporter_records, sent_records
from ioc.catalogue.city import Catalogue
from ioc.core.editions import Edition
from ioc.core.records import Position, Record
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor

# Incidents settled at once; how many makes no difference to what comes of it.
_SETTLED_AT_ONCE = 1000


def recompute_incidents(
    shard: IncidentProcessor,
    log: Sequence[Record],
    before: Position,
    later: Position,
    slice_records: int,
    edition_of: Callable[[str], Catalogue] | None = None,
) -> tuple[IncidentOutput, IncidentMotion]:
    """Return what a fresh shard makes of the log up to the first position, and what is in motion until the second.

    Each stretch is folded by the edition of the catalogue it was folded by at first; without `edition_of`, which gives
    them by name, all of it by the shard's own.
    """
    made, motion = IncidentOutput(shard.partition), IncidentMotion()
    for changes in _by_editions(shard, log, before, later, slice_records, edition_of):
        made.facts += changes.facts
        made.dead_letters += map(refused_record, changes.dead_letters)
        made.told.update(sent_records(changes))
        for incident, said in reporter_records(changes):
            made.identify(incident, said)
    made.incidents, made.items = dict(shard.incidents), dict(shard.items)
    made.windows, made.position = dict(shard.aggregates), shard.position
    # One by one: of what one slice adds and takes back again it touches nothing, and the workers' slices are others.
    for changes in _folded(shard, [one for one in log if before.next <= one.offset < later.next], slice_records=1):
        motion.take(changes)
    motion.position = shard.position
    return made, motion


def _by_editions(
    shard: IncidentProcessor,
    log: Sequence[Record],
    before: Position,
    later: Position,
    slice_records: int,
    edition_of: Callable[[str], Catalogue] | None,
) -> Iterator[IncidentChangeSet]:
    editions = before.editions or later.editions
    if not editions and before.next:  # folded before editions were kept
        editions = (Edition(0, ""),)
    ends = [*(one.first for one in editions[1:]), before.next]
    for edition, end in zip(editions, ends, strict=False):
        if edition_of is not None:
            shard.catalogue = edition_of(edition.edition)
        for changes in shard.settle_anew(_SETTLED_AT_ONCE, edition.settled_to):
            shard.apply(changes)
            yield changes
        stretch = [record for record in log if shard.position.next <= record.offset < end]
        yield from _folded(shard, stretch, slice_records)


def _folded(shard: IncidentProcessor, records: Sequence[Record], slice_records: int) -> Iterator[IncidentChangeSet]:
    for start in range(0, len(records), slice_records):
        changes = shard.fold(records[start : start + slice_records])
        shard.apply(changes)
        yield changes
