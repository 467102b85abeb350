"""Computing again, from the log alone, what the fold of a partition has to have written. Pure.

Each stretch of a log is folded by the edition of the catalogue it was folded by at first.
"""

from collections.abc import Callable, Iterator, Sequence

from console.verify.outputs import DuplicateOutput, IncidentMotion, IncidentOutput, SensorOutput
from console.verify.snapshot import DuplicateSnapshot, SensorSnapshot
from ioc.catalogue.city import Catalogue
from ioc.core.editions import Edition
from ioc.core.records import Position, Record
from ioc.processors.duplicates import DuplicateProcessor
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.sensors import SensorProcessor

EditionOf = Callable[[str], Catalogue]
"""Gives an edition of the catalogue by its name."""

# Incidents settled at once; how many makes no difference to what comes of it.
_SETTLED_AT_ONCE = 1000


def recompute_incidents(
    processor: IncidentProcessor,
    log: Sequence[Record],
    before: Position,
    later: Position,
    slice_records: int,
    edition_of: EditionOf | None = None,
) -> tuple[IncidentOutput, IncidentMotion]:
    """Return what a fresh processor makes of the log up to the first position, and what is in motion until the second.

    Without `edition_of` all of the log is folded by the processor's own catalogue.
    """
    output, motion = IncidentOutput(processor.partition), IncidentMotion()
    for changes in _by_editions(processor, log, before, later, slice_records, edition_of):
        output.take(changes)
    output.incidents, output.items = dict(processor.incidents), dict(processor.items)
    output.windows, output.position = dict(processor.aggregates), processor.position
    moving = [record for record in log if before.next <= record.offset < later.next]
    # One by one: of what one slice adds and takes back again it touches nothing, and the workers' slices are others.
    for changes in _fold_slices(processor, moving, slice_records=1):
        motion.take(changes)
    motion.position = processor.position
    return output, motion


def _by_editions(
    processor: IncidentProcessor,
    log: Sequence[Record],
    before: Position,
    later: Position,
    slice_records: int,
    edition_of: EditionOf | None,
) -> Iterator[IncidentChangeSet]:
    editions = before.editions or later.editions
    if not editions and before.next:  # folded before editions were kept
        editions = (Edition(0, ""),)
    ends = [*(edition.first for edition in editions[1:]), before.next]
    for edition, end in zip(editions, ends, strict=False):
        if edition_of is not None:
            processor.use_catalogue(edition_of(edition.edition))
        for changes in processor.reevaluate(_SETTLED_AT_ONCE, edition.settled_to):
            processor.apply(changes)
            yield changes
        stretch = [record for record in log if processor.position.next <= record.offset < end]
        yield from _fold_slices(processor, stretch, slice_records)


def _fold_slices(
    processor: IncidentProcessor, records: Sequence[Record], slice_records: int
) -> Iterator[IncidentChangeSet]:
    for start in range(0, len(records), slice_records):
        changes = processor.fold(records[start : start + slice_records])
        processor.apply(changes)
        yield changes


def recompute_sensors(
    processor: SensorProcessor, snapshot: SensorSnapshot, edition_of: EditionOf | None = None
) -> tuple[SensorOutput, SensorOutput]:
    """Return what the log makes up to the first position, and what the records up to the second touch."""
    output, motion = SensorOutput(), SensorOutput()
    editions = list((snapshot.position.editions or snapshot.later.editions) if edition_of is not None else ())
    for record in snapshot.folded:
        while edition_of is not None and editions and editions[0].first <= record.offset:
            processor.use_catalogue(edition_of(editions.pop(0).edition))
        changes = processor.fold([record])
        processor.apply(changes)
        (output if record.offset < snapshot.position.next else motion).take(changes)
    return output, motion


def recompute_duplicates(
    processor: DuplicateProcessor, snapshot: DuplicateSnapshot
) -> tuple[DuplicateOutput, DuplicateOutput]:
    """Return what the log makes up to the first position, and what the records up to the second touch."""
    end = snapshot.position.next
    output = _fold_duplicates(processor, [record for record in snapshot.log if record.offset < end])
    output.clusters = dict(processor.clusters)
    return output, _fold_duplicates(processor, [record for record in snapshot.folded if record.offset >= end])


def _fold_duplicates(processor: DuplicateProcessor, records: Sequence[Record]) -> DuplicateOutput:
    if not records:
        return DuplicateOutput()
    changes = processor.fold(records)
    processor.apply(changes)
    return DuplicateOutput.of(changes)
