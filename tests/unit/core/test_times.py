"""Moments as text."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ioc.core.times import parse_instant, to_rfc3339

# From the year 1 to 9999, in ms.
INSTANTS = st.integers(-62_135_596_800_000, 253_402_300_799_999)


@given(INSTANTS)
def test_a_moment_is_written_as_the_library_writes_it_and_read_again(at: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    assert to_rfc3339(at) == moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    assert parse_instant(to_rfc3339(at)) == at
