"""Where reporters lie in the log: one offset for each incident, and one read for each request."""

from typing import Any, NamedTuple

import pytest

from api.identities.identities import KafkaIdentities, ReporterUnavailable
from ioc.incident.payloads import Reporter

ONE = "field-reports:1"


class ReporterRecord(NamedTuple):
    """A record of the topic of reporters."""

    partition: int
    offset: int
    key: bytes
    value: bytes | None


class IdentitiesOfList(KafkaIdentities):
    """Reads from a list instead of a broker. Like Kafka it returns the next record when one was compacted away."""

    def __init__(self, *records: ReporterRecord) -> None:
        super().__init__("nowhere:1")
        self.records = list(records)
        self.reads = 0

    def caught_up(self) -> "IdentitiesOfList":
        for record in self.records:
            self.note(record)
        self._mark_ready()
        return self

    async def _read(self, partition: int, offset: int) -> Any:
        self.reads += 1
        return next((record for record in self.records if record[:2] >= (partition, offset)), None)


def record(offset: int, name: str | None, incident_id: str = ONE) -> ReporterRecord:
    return ReporterRecord(0, offset, incident_id.encode(), None if name is None else f'{{"name":"{name}"}}'.encode())


async def test_the_newest_record_of_an_incident_is_read_each_time_and_nothing_of_it_kept() -> None:
    identities = IdentitiesOfList(record(0, "Hoa"), record(1, "Minh", "field-reports:2"), record(2, "Lan")).caught_up()
    for _ in range(2):
        assert await identities.reporter_of(ONE) == Reporter("Lan")
    assert identities.reads == 2
    assert "Lan" not in str(vars(identities)["_offsets"])


async def test_of_whom_nothing_was_said_or_is_said_no_more_there_is_nobody() -> None:
    identities = IdentitiesOfList(record(0, "Hoa"), record(1, None)).caught_up()
    assert await identities.reporter_of(ONE) is None
    assert await identities.reporter_of("field-reports:9") is None
    assert identities.reads == 0


async def test_before_the_topic_is_read_nobody_is_said_to_be_nobody() -> None:
    with pytest.raises(ReporterUnavailable):
        await IdentitiesOfList(record(0, "Hoa")).reporter_of(ONE)


async def test_a_record_that_was_replaced_is_waited_for_and_no_others_is_shown_in_its_stead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.identities.identities._PAUSE", 0)
    identities = IdentitiesOfList(record(0, "Hoa"), record(1, "Minh", "field-reports:2")).caught_up()
    identities.records.pop(0)  # compacted away, while what replaced it is not noted yet
    with pytest.raises(ReporterUnavailable):
        await identities.reporter_of(ONE)
    identities.records.append(record(5, "Lan"))
    identities.note(record(5, "Lan"))
    assert await identities.reporter_of(ONE) == Reporter("Lan")
