"""TODO."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from ioc.core.times import DAY, Instant
from ioc.duplicates.candidates import Candidate
from ioc.duplicates.spatial_index import Grid

# Reports can come late: a matter is remembered for so long after the last moment at which something could join it.
REMEMBERED = DAY


class Cluster(Struct, frozen=True, omit_defaults=True, gc=False):
    """An open incident that reports can be the same as: its latest sighting, and what joined it.

    `first` and `last` are when the first and the latest report of it came (ms), `count` how many were found the same.
    """

    seen: Candidate
    first: Instant
    last: Instant
    count: int = 0

    @property
    def forgotten_at(self) -> Instant:
        """When it is forgotten: then nothing can join it any more."""
        return self.last + self.seen.within + REMEMBERED

    def holds(self, report: Candidate) -> bool:
        """True when a report came near enough in time."""
        return self.first - report.within <= report.reported_at <= self.last + report.within

    def joined_by(self, report: Candidate) -> "Cluster":
        """Return the matter with one report more."""
        first, last = min(self.first, report.reported_at), max(self.last, report.reported_at)
        return Cluster(self.seen, first, last, self.count + 1)


decode_matter = msgspec.json.Decoder(Cluster).decode


class ClusterIndex:
    """Where the matters are: a grid for each kind and each order of magnitude of radius."""

    def __init__(self) -> None:
        self._grids: dict[str, dict[int, Grid]] = {}
        self._grid_of: dict[str, Grid] = {}

    def put(self, seen: Candidate) -> None:
        """Place a matter, or move it."""
        self.drop(seen.incident)
        size = 1 << max(0, round(seen.radius_m) - 1).bit_length()
        grid = self._grids.setdefault(seen.key, {}).setdefault(size, Grid(size))
        grid.put(seen.incident, seen.lat, seen.lon)
        self._grid_of[seen.incident] = grid

    def drop(self, incident: str) -> None:
        """Take a matter off the ground, if it is there."""
        grid = self._grid_of.pop(incident, None)
        if grid is not None:
            grid.drop(incident)

    def around(self, report: Candidate) -> Iterator[str]:
        """Yield the matters that may lie within the radius of a report, of its kind alone."""
        for grid in self._grids.get(report.key, {}).values():
            yield from grid.around(report.lat, report.lon, report.radius_m)
