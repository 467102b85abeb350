"""Where identities lie: one place for each incident, and one reading for each look."""

from typing import Any, NamedTuple

import pytest

from api.identities.identities import KafkaIdentities, ReporterUnavailable
from ioc.incident.payloads import Reporter

ONE = "field-reports:1"


class Written(NamedTuple):
    """A record of the topic of reporters."""

    partition: int
    offset: int
    key: bytes
    value: bytes | None


class OnPaper(KafkaIdentities):
    """Reads from a list instead of a broker; what is behind a gap is found in its stead, as Kafka does."""

    def __init__(self, *records: Written) -> None:
        super().__init__("nowhere:1")
        self.records = list(records)
        self.read = 0

    def at_the_end(self) -> "OnPaper":
        for one in self.records:
            self.note(one)
        self._mark_ready()
        return self

    async def _read(self, partition: int, offset: int) -> Any:
        self.read += 1
        return next((one for one in self.records if (one.partition, one.offset) >= (partition, offset)), None)


def named(offset: int, name: str | None, id: str = ONE) -> Written:
    return Written(0, offset, id.encode(), None if name is None else f'{{"name":"{name}"}}'.encode())


async def test_the_newest_record_of_an_incident_is_read_each_time_and_nothing_of_it_kept() -> None:
    known = OnPaper(named(0, "Hoa"), named(1, "Minh", "field-reports:2"), named(2, "Lan")).at_the_end()
    for _ in range(2):
        assert await known.reporter_of(ONE) == Reporter("Lan")
    assert known.read == 2
    assert "Lan" not in str(vars(known)["_offsets"])


async def test_of_whom_nothing_was_said_or_is_said_no_more_there_is_nobody() -> None:
    known = OnPaper(named(0, "Hoa"), named(1, None)).at_the_end()
    assert await known.reporter_of(ONE) is None
    assert await known.reporter_of("field-reports:9") is None
    assert known.read == 0


async def test_before_the_topic_is_read_nobody_is_said_to_be_nobody() -> None:
    with pytest.raises(ReporterUnavailable):
        await OnPaper(named(0, "Hoa")).reporter_of(ONE)


async def test_a_record_that_was_replaced_is_waited_for_and_no_others_is_shown_in_its_stead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.identities.identities._PAUSE", 0)
    known = OnPaper(named(0, "Hoa"), named(1, "Minh", "field-reports:2")).at_the_end()
    known.records.pop(0)  # compacted away, while what replaced it is not noted yet
    with pytest.raises(ReporterUnavailable):
        await known.reporter_of(ONE)
    known.records.append(named(5, "Lan"))
    known.note(named(5, "Lan"))
    assert await known.reporter_of(ONE) == Reporter("Lan")
