"""The check of the search for duplicates: what reports can be the same as, and which candidates were refused.

That each of its answers is in the log once is checked with all other events of the centre's own.
"""

from collections.abc import Iterator

from aiokafka import ConsumerRecord

from console.topic_reader import wait_until_folded
from console.verify.check import Terms
from console.verify.diff import compare, compare_additions, foreign_records, refused_by_place
from console.verify.findings import Findings
from console.verify.outputs import DuplicateOutput
from console.verify.reading import dead_letters_of, read_later, read_log, read_written
from console.verify.recompute import recompute_duplicates
from console.verify.snapshot import DuplicateSnapshot
from ioc.core.records import Record
from ioc.core.topics import Topic
from ioc.duplicates.clusters import decode_cluster
from ioc.processors.duplicates import DuplicateProcessor


class DuplicateCheck:
    """Checks what the processors of duplicates wrote."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.snapshots: dict[int, DuplicateSnapshot] = {}

    async def begin(self, wait: float) -> None:
        """Wait until the candidates are folded. What was answered by then the events that are read later hold."""
        before = await wait_until_folded(self.bootstrap, wait, Topic.SIGHTINGS)
        self.snapshots = {number: DuplicateSnapshot(number, position=position) for number, position in before.items()}

    async def read(self) -> None:
        """Read the clusters, how far they had come when all was read, and the candidates to their very end."""
        await read_written(self.bootstrap, Topic.MATTERS, self.snapshots, _take_cluster)
        await read_written(self.bootstrap, Topic.DEAD_LETTERS, self.snapshots, dead_letters_of(Topic.SIGHTINGS))
        await read_later(self.bootstrap, Topic.SIGHTINGS, self.snapshots)
        await read_log(self.bootstrap, Topic.SIGHTINGS, self.snapshots)

    def compare(self, terms: Terms) -> Findings:
        """Compare every partition with its log, unless that has lost its beginning."""
        findings = Findings()
        for snapshot in self.snapshots.values():
            self._compare(snapshot, terms, findings)
        return findings

    def _compare(self, snapshot: DuplicateSnapshot, terms: Terms, findings: Findings) -> None:
        clock, partitions = terms.inspection.clock, len(self.snapshots)
        processor = DuplicateProcessor(snapshot.partition, terms.catalogue, clock, partitions=partitions)
        output, motion = recompute_duplicates(processor, snapshot)
        findings.count("sightings", len(snapshot.log))
        skipped = motion.clusters if snapshot.is_whole else snapshot.clusters
        findings.count("matters", len(snapshot.clusters), len(skipped))
        findings.differences += foreign_records(snapshot.unreadable)
        if snapshot.is_whole:
            terms.own_events.see_candidates(accepted_candidates(snapshot, output, motion))
            terms.own_events.expect(output, motion)
            findings.differences += duplicate_differences(snapshot, output, motion)


def _take_cluster(snapshot: DuplicateSnapshot, record: ConsumerRecord) -> None:
    cluster_id = record.key.decode()
    snapshot.clusters.pop(cluster_id, None)
    if record.value is not None:
        snapshot.clusters[cluster_id] = decode_cluster(record.value)


def accepted_candidates(snapshot: DuplicateSnapshot, *outputs: DuplicateOutput) -> Iterator[Record]:
    """Yield the candidates that were not refused: those are in the dead letters, whoever sent them."""
    refused = {offset for output in outputs for offset, _ in output.dead_letters}
    return (record for record in snapshot.log if record.offset not in refused)


def duplicate_differences(
    snapshot: DuplicateSnapshot, output: DuplicateOutput, motion: DuplicateOutput
) -> Iterator[str]:
    """Yield every difference between what was found of a partition and what its log makes."""
    yield from compare("matter", output.clusters, snapshot.clusters, motion.clusters.keys())
    refused = (refused_by_place(side, snapshot.partition) for side in (output, motion, snapshot))
    yield from compare_additions("dead letter of the sightings", *refused)
