"""The spatial index finds everything within a radius, and measures distances on the earth."""

from math import cos, radians
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.duplicates.spatial_index import Grid, distance_m
from tests.unit.duplicates.reports import DEGREE_M


def test_a_rule_that_is_made_much_wider_costs_no_more_than_the_matters_there_are() -> None:
    grid = Grid(1)
    for number in range(100):
        grid.put(str(number), 16.46 + number / 10_000, 107.6)
    began = perf_counter()
    assert {"0", "44"} <= set(grid.near(16.46, 107.6, 5000))
    assert perf_counter() - began < 1


PLACES = st.tuples(st.floats(-85, 85), st.floats(-170, 170))


@given(PLACES, st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), max_size=30), st.floats(1, 2000))
def test_the_grid_finds_all_that_lies_within_the_radius(
    middle: tuple[float, float], others: list[tuple[float, float]], radius: float
) -> None:
    lat, lon = middle
    grid = Grid(512)
    near = set()
    for number, (north, east) in enumerate(others):
        there = lat + north / DEGREE_M, lon + east / DEGREE_M / cos(radians(lat))
        grid.put(str(number), *there)
        if distance_m(lat, lon, *there) <= radius:
            near.add(str(number))
    assert near <= set(grid.near(lat, lon, radius))


def test_distances_are_those_of_the_earth() -> None:
    hanoi, hue = (21.0285, 105.8542), (16.4637, 107.5909)
    assert distance_m(*hanoi, *hue) == pytest.approx(539_000, rel=0.01)
