"""Where things are: a grid over the ground that finds what lies within so many metres of a place."""

from collections.abc import Iterator
from math import asin, cos, floor, radians, sin, sqrt

EARTH_M = 6_371_000.0
_DEGREE_M = EARTH_M * radians(1)
# Nearer to a pole than this all longitudes are neighbours; no city is there.
_LAST_LATITUDE = 89.0

Cell = tuple[int, int]


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance between two places in degrees WGS 84, on a sphere: within 0.6 % of the truth."""
    up, along = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    half = sin(up) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(along) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


class Grid:
    """Places by name, in squares about `size` metres wide."""

    def __init__(self, size: float) -> None:
        self.size = size
        self._cells: dict[Cell, set[str]] = {}
        self._cell_of: dict[str, Cell] = {}

    def __len__(self) -> int:
        return len(self._cell_of)

    def put(self, name: str, lat: float, lon: float) -> None:
        """Place a name, or move it."""
        self.drop(name)
        row = self._row(lat)
        cell = self._cell_of[name] = row, self._column(row, lon)
        self._cells.setdefault(cell, set()).add(name)

    def drop(self, name: str) -> None:
        """Take a name off the ground, if it is there."""
        cell = self._cell_of.pop(name, None)
        if cell is not None:
            self._cells[cell].discard(name)
            if not self._cells[cell]:
                del self._cells[cell]

    def around(self, lat: float, lon: float, radius: float) -> Iterator[str]:
        """Yield every name that may lie within a radius of a place, and few others.

        Where that is more squares than are taken, such as after a rule was made much wider, it is every name there is.
        """
        if (radius / self.size) ** 2 > len(self._cells):
            yield from list(self._cell_of)
            return
        up = radius / _DEGREE_M
        along = up / cos(radians(min(abs(lat) + up, _LAST_LATITUDE)))
        for row in range(self._row(lat - up), self._row(lat + up) + 1):
            for column in range(self._column(row, lon - along), self._column(row, lon + along) + 1):
                yield from self._cells.get((row, column), ())

    def _row(self, lat: float) -> int:
        return floor(lat * _DEGREE_M / self.size)

    def _column(self, row: int, lon: float) -> int:
        """Return the column within a row: all of a row are as wide as in its middle."""
        middle = min(abs((row + 0.5) * self.size / _DEGREE_M), _LAST_LATITUDE)
        return floor(lon * _DEGREE_M * cos(radians(middle)) / self.size)
