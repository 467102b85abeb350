"""Memory that was needed for a while goes back to the system."""

import sys

import psutil
import pytest

from streams.memory import release_free_memory


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is glibc on Linux alone")
def test_what_is_free_again_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(psutil.Process().memory_info().rss)

    objects = [b"%d" % number * 200 for number in range(200_000)]
    full = resident()
    objects = objects[::1000]  # what is objects lies in between
    release_free_memory()
    assert resident() < full - 100_000_000, len(objects)
