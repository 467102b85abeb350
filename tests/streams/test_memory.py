"""What was needed for a while is given back."""

import sys

import psutil
import pytest

from streams.memory import give_back


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is glibc on Linux alone")
def test_what_is_free_again_goes_back_to_the_system() -> None:
    def held() -> int:
        return int(psutil.Process().memory_info().rss)

    kept = [b"%d" % number * 200 for number in range(200_000)]
    full = held()
    kept = kept[::1000]  # what is kept lies in between
    give_back()
    assert held() < full - 100_000_000, len(kept)
