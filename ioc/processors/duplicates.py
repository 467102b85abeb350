"""The processor of duplicates: the clusters of one partition, of all services and categories whose sightings it gets.

Nothing rests on when a tick comes: a replay of the same sightings gives the same answers.
"""

from collections.abc import Sequence

from ioc.core.records import Record
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.duplicates.clusters import Cluster, ClusterIndex, decode_cluster
from ioc.processors.duplicate_change_set import DuplicateChangeSet
from ioc.processors.duplicate_slice_fold import DuplicateSliceFold
from ioc.processors.processor import PartitionProcessor
from ioc.processors.timers import Timers


class DuplicateProcessor(PartitionProcessor[DuplicateChangeSet]):
    """The clusters of one partition, by their main incidents. Nothing is announced here: `timers` stays empty."""

    input = Topic.SIGHTINGS
    tables = (Topic.MATTERS,)

    def reset(self) -> None:
        """Begin with no cluster."""
        self.clusters: dict[str, Cluster] = {}
        self.build_indexes()

    @property
    def state_count(self) -> int:
        """How many clusters are held in memory."""
        return len(self.clusters)

    def restore(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back a cluster."""
        self._store(key.decode(), None if value is None else decode_cluster(value))

    def _store(self, incident_id: str, cluster: Cluster | None) -> None:
        if cluster is None:
            self.clusters.pop(incident_id, None)
        else:
            self.clusters[incident_id] = cluster

    def build_indexes(self) -> None:
        """Build the spatial index, and the timers at which clusters are forgotten."""
        self.spatial_index, self.expiry_timers = ClusterIndex(), Timers()
        for incident_id, cluster in self.clusters.items():
            self.spatial_index.put(cluster.candidate)
            self.expiry_timers.set(incident_id, cluster.expires_at)

    def fold(self, records: Sequence[Record]) -> DuplicateChangeSet:
        """Return what a slice of sightings changes."""
        fold = DuplicateSliceFold(self)
        fold.changes.position = fold.take_all(records)
        return fold.changes

    def tick(self, now: Instant, limit: int, late_input: bool = False) -> DuplicateChangeSet:
        """Return no changes: clusters are forgotten as sightings come."""
        return DuplicateChangeSet(self.position)

    def apply(self, changes: DuplicateChangeSet) -> None:
        """Take over changes that are safely written."""
        for incident_id, cluster in changes.clusters.items():
            self._store(incident_id, cluster)
        self.position = changes.position
