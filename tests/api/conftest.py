"""An API over a city whose events are folded by the real processors, without a broker."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pytest_asyncio import fixture as async_fixture

from ioc.catalogue.city import Catalogue
from tests.api.city import City
from tests.unit.samples import fresh_city


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return fresh_city()


@pytest.fixture
def city(catalogue: Catalogue) -> Iterator[City]:
    return City(catalogue)


@async_fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as http:
        yield http
