"""What a slice of sightings changes in the clusters of a partition."""

from collections.abc import Iterator

from msgspec import field

from ioc.core.records import Write
from ioc.core.topics import Topic
from ioc.duplicates.clusters import Cluster
from ioc.processors.change_set import ChangeSet
from ioc.processors.serde import encode


class DuplicateChangeSet(ChangeSet):
    """The change set of the duplicate processor; None stands for a cluster that is forgotten."""

    clusters: dict[str, Cluster | None] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.clusters or self.dead_letters or self.outbox)

    @property
    def state_count(self) -> int:
        """How many clusters change."""
        return len(self.clusters)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield the clusters, each under the id of its main incident."""
        clusters = ((key.encode(), cluster) for key, cluster in self.clusters.items())
        yield Topic.MATTERS, (Write(key, None if cluster is None else encode(cluster)) for key, cluster in clusters)
