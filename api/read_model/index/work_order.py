"""The order of work, as keys: bytes that sort as incidents are to be dealt with."""

from struct import Struct as Layout
from typing import NamedTuple

from ioc.core.times import Instant
from ioc.incident.severity import SEVERITIES

# Sorts incidents without a due after all others; later than any instant a datetime can hold.
NEVER: Instant = 1 << 60


class WorkOrder(NamedTuple):
    """The order of work: the gravest first, then the soonest due, then the oldest."""

    gravity: int
    due: Instant
    reported_at: Instant
    id: str


_KEY = Layout(">BQQ")

# Added to an instant before it is packed, so that those before 1970 sort before the others, too.
_SHIFT = 1 << 62

# Sorts after all keys.
LAST_KEY = b"\xff"


def key_of(order: WorkOrder) -> bytes:
    """Return the key of a position in the order of work."""
    return pack_key(-order.gravity, order.due, order.reported_at, order.id)


def pack_key(severity: int, due: Instant, reported_at: Instant, incident_id: str) -> bytes:
    """Return the key of an incident; `severity` is an index into `SEVERITIES`."""
    return _KEY.pack(len(SEVERITIES) - 1 - severity, due + _SHIFT, reported_at + _SHIFT) + incident_id.encode()


def order_of(key: bytes) -> WorkOrder:
    """Return the position in the order of work that a key was made of."""
    gravity, due, reported_at = _KEY.unpack_from(key)
    return WorkOrder(gravity + 1 - len(SEVERITIES), due - _SHIFT, reported_at - _SHIFT, key[_KEY.size :].decode())


def id_of_key(key: bytes) -> str:
    """Return the incident id in a key; an empty one of an empty key."""
    return key[_KEY.size :].decode()


def report_key_of(key: bytes) -> bytes:
    """Return the end of a key, which sorts by when the incident was reported, then by id."""
    return key[_KEY.size - 8 :]


def id_of_report_key(report_key: bytes) -> str:
    """Return the incident id in a key made by `report_key_of`."""
    return report_key[8:].decode()


def lowest_key(gravity: int, due: Instant) -> bytes:
    """Return bytes that sort before all keys of a gravity whose due is this or later; 0 is the gravest."""
    return _KEY.pack(gravity, due + _SHIFT, 0)
