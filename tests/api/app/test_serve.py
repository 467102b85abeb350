"""The start of the API: what is read meanwhile does not end it."""

import asyncio
import gc
from collections.abc import Iterator
from itertools import count

import pytest

from api.app.serve import _feed_when_ready
from tests.api.city import City
from tests.unit.samples import fresh_city


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Give the garbage collector back as it was: the API sets it for a process of its own."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


async def test_the_api_gets_ready_while_incidents_of_new_cells_and_groups_are_read() -> None:
    city = City(fresh_city())
    city.model.loading, city.parts.readiness.ready = True, False
    wards = list(city.model.catalogue.wards)
    caught_up = asyncio.Event()
    caught_up.set()
    getting_ready = asyncio.create_task(_feed_when_ready(city.parts, caught_up))
    numbers = count()
    while not (city.parts.readiness.ready or getting_ready.done()):
        number = next(numbers)
        city.report(f"field-reports:{number}", ward=wards[number % len(wards)], category="tree")
        await asyncio.sleep(0)
    assert city.parts.readiness.ready, getting_ready.exception()
    getting_ready.cancel()
    assert sum(group["open"] for group in city.model.incidents.groups.summaries(1)) == next(numbers) > len(wards) / 2
