"""What the tests of the streams share: what one leaves behind is not collected in the midst of another."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect what the test left behind: a fenced producer tells of its error when it is collected."""
    yield
    gc.collect()
