"""Draw the schematic map of the wards: `python deploy/screen/wards.py UNITS.csv > api/screen/data/wards.json`.

Needs each ward's code, name, centroid and area (km2) and no surveyed border. The land is the union
of discs of the wards' areas, filled out to a coast of a few straight lines; it is shared out by a
power diagram of the centroids whose weights are moved until each piece has about the ward's own
area. Recognisable, never authoritative: a city mounts its own polygons in its place.
Needs shapely, which the product itself does not.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from shapely import Geometry, LineString, Point, Polygon, unary_union

KM_PER_DEGREE = 111.32
LATITUDE = 16.35
COAST = [
    (107.42, 16.75),
    (107.53, 16.672),
    (107.64, 16.585),
    (107.80, 16.47),
    (107.96, 16.352),
    (108.06, 16.315),
    (108.21, 16.2),
]
"""The shore by eye, north-west to south-east; degrees east and north."""
BEHIND_COAST = 9.0
"""Kilometres behind the shore that are land: dunes and lagoon wards."""
CLOSING = 6.5
ROUNDS = 160
FAR = 400.0


@dataclass
class DrawnWard:
    code: str
    name: str
    x: float
    y: float
    area: float
    weight: float
    cell: Geometry


def to_km(lon: float, lat: float) -> tuple[float, float]:
    return (lon * KM_PER_DEGREE * math.cos(math.radians(LATITUDE)), lat * KM_PER_DEGREE)


def to_degrees(x: float, y: float) -> list[float]:
    lon = x / (KM_PER_DEGREE * math.cos(math.radians(LATITUDE)))
    return [round(lon, 5), round(y / KM_PER_DEGREE, 5)]


def read(path: Path) -> list[DrawnWard]:
    wards = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            x, y = to_km(float(row["centroid_lon"]), float(row["centroid_lat"]))
            area = float(row["area_km2_approx"])
            wards.append(DrawnWard(row["code"], row["name_vi"], x, y, area, area / math.pi, Point()))
    return wards


def land(wards: list[DrawnWard]) -> Geometry:
    discs = [Point(ward.x, ward.y).buffer(math.sqrt(ward.area / math.pi)) for ward in wards]
    shore = LineString([to_km(*corner) for corner in COAST])
    strip = shore.buffer(BEHIND_COAST, cap_style="flat")
    filled = unary_union([*discs, strip]).buffer(CLOSING).buffer(-2 * CLOSING).buffer(CLOSING)
    ends = [to_km(COAST[0][0] - 3, COAST[0][1] + 2.4), to_km(COAST[-1][0] + 3, COAST[-1][1] - 2.2)]
    sea = Polygon([ends[0], *shore.coords, ends[1], to_km(112, 20)])
    return filled.difference(sea).simplify(0.15)


def half_plane(mine: DrawnWard, other: DrawnWard) -> Polygon:
    """The side of the power line between the two wards that is `mine`."""
    dx, dy = other.x - mine.x, other.y - mine.y
    apart = math.hypot(dx, dy)
    along = (apart * apart + mine.weight - other.weight) / (2 * apart)
    ux, uy = dx / apart, dy / apart
    px, py = mine.x + ux * along, mine.y + uy * along
    near = [(px - uy * FAR, py + ux * FAR), (px + uy * FAR, py - ux * FAR)]
    return Polygon([*near, *((x - ux * FAR, y - uy * FAR) for x, y in reversed(near))])


def divide(wards: list[DrawnWard], whole: Geometry) -> None:
    for ward in wards:
        ward.cell = whole
        for other in wards:
            if other is not ward and math.hypot(ward.x - other.x, ward.y - other.y) < 70:
                ward.cell = ward.cell.intersection(half_plane(ward, other))


def settle(wards: list[DrawnWard], whole: Geometry) -> None:
    """Move the weights until the pieces have about the wards' shares of the land."""
    scale = whole.area / sum(ward.area for ward in wards)
    for _ in range(ROUNDS):
        divide(wards, whole)
        for ward in wards:
            ward.weight += 0.1 * (ward.area * scale - ward.cell.area)
    divide(wards, whole)


def ring(cell: Geometry) -> list[list[float]]:
    parts = [part for part in getattr(cell, "geoms", [cell]) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area)
    return [to_degrees(x, y) for x, y in largest.exterior.coords]


def feature(ward: DrawnWard) -> dict[str, object]:
    name = {"code": ward.code, "name": ward.name}
    name["short_name"] = ward.name.removeprefix("Phường ").removeprefix("Xã ")
    geometry = {"type": "Polygon", "coordinates": [ring(ward.cell)]}
    return {"type": "Feature", "id": ward.code, "properties": name, "geometry": geometry}


if __name__ == "__main__":
    city = read(Path(sys.argv[1]))
    settle(city, land(city))
    features = ",\n".join(json.dumps(feature(ward), ensure_ascii=False) for ward in city)
    print('{"type": "FeatureCollection", "features": [\n' + features + "\n]}")
