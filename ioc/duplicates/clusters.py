"""Clusters of reports of the same thing, and the index that finds those near a report."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct, field

from ioc.core.times import DAY, Instant
from ioc.duplicates.candidates import Candidate
from ioc.duplicates.spatial_index import Grid

# Reports can come late: a cluster is stored this long (ms) after the last instant at which a report could join it.
GRACE_PERIOD = DAY


class Cluster(Struct, frozen=True, omit_defaults=True, gc=False):
    """An open incident and the reports that duplicate it: `candidate` is the latest its incident sent.

    `first` and `last` are when its first and latest report came (ms), `count` is the number of duplicates.
    """

    candidate: Candidate = field(name="seen")
    first: Instant
    last: Instant
    count: int = 0

    @property
    def expires_at(self) -> Instant:
        """When it is dropped, because no report can join it any more (ms)."""
        return self.last + self.candidate.within + GRACE_PERIOD

    def is_near_in_time(self, report: Candidate) -> bool:
        """True when a report came within its rule's time of the first or the latest report, or between them."""
        return self.first - report.within <= report.reported_at <= self.last + report.within

    def with_report(self, report: Candidate) -> "Cluster":
        """Return the cluster with one more report."""
        first, last = min(self.first, report.reported_at), max(self.last, report.reported_at)
        return Cluster(self.candidate, first, last, self.count + 1)


decode_cluster = msgspec.json.Decoder(Cluster).decode


class ClusterIndex:
    """The clusters by place: a grid for each service and category, and for each power of two of the radius (m)."""

    def __init__(self) -> None:
        self._grids: dict[str, dict[int, Grid]] = {}
        self._grid_of: dict[str, Grid] = {}

    def put(self, candidate: Candidate) -> None:
        """Add the cluster of a candidate, or move it."""
        self.drop(candidate.incident)
        size = 1 << max(0, round(candidate.radius_m) - 1).bit_length()
        grid = self._grids.setdefault(candidate.key, {}).setdefault(size, Grid(size))
        grid.put(candidate.incident, candidate.lat, candidate.lon)
        self._grid_of[candidate.incident] = grid

    def drop(self, incident: str) -> None:
        """Remove the cluster of an incident, if there is one."""
        grid = self._grid_of.pop(incident, None)
        if grid is not None:
            grid.drop(incident)

    def near(self, report: Candidate) -> Iterator[str]:
        """Yield the incidents of the clusters that may lie within a report's radius, of its service and category."""
        for grid in self._grids.get(report.key, {}).values():
            yield from grid.near(report.lat, report.lon, report.radius_m)
