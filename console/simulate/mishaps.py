"""What goes wrong between a service and the centre: records sent twice, sent late, and sent broken."""

from collections.abc import Iterator
from random import Random

from console.simulate.planned_records import PlannedRecord
from ioc.core.times import MINUTE, SECOND

_TWICE = 0.01
_LATE = 0.02
_BROKEN = 0.004


def deliveries(planned: PlannedRecord, chance: Random) -> Iterator[PlannedRecord]:
    """Yield the deliveries of a record: some are minutes late, some come twice, and some come once more, broken."""
    if chance.random() < _LATE:
        planned = planned._replace(at=planned.at + chance.randint(1, 10) * MINUTE)
    yield planned
    if chance.random() < _TWICE:
        yield planned._replace(at=planned.at + chance.randint(2, 90) * SECOND)
    if chance.random() < _BROKEN:
        yield planned._replace(at=planned.at + SECOND, value=chance.choice(_BREAKING)(planned.value))


def _cut(value: bytes) -> bytes:
    return value[: len(value) // 2]


def _naive(value: bytes) -> bytes:
    return value.replace(b'Z"', b'"')


def _unknown(value: bytes) -> bytes:
    return value.replace(b".v1", b".v9")


def _without_id(value: bytes) -> bytes:
    return value.replace(b'"id":', b'"no":')


def _latin(value: bytes) -> bytes:
    return value.replace(b'"specversion"', '"nguồn":"Huế","specversion"'.encode("cp1258", "replace"))


_BREAKING = (_cut, _naive, _unknown, _without_id, _latin)
