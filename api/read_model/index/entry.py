"""An incident made ready for listing: what filters, sorting and search ask of it, worked out once."""

from struct import Struct as Layout
from typing import NamedTuple
from unicodedata import combining, normalize

from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.incident.lifecycle import CLOSED, State, commands_in
from ioc.incident.state import SEVERITIES, Incident, SlaClock, severity

# Sorts what has no due after all that has one; later than any moment a datetime can hold.
NEVER: Instant = 1 << 60


class WorkOrder(NamedTuple):
    """The order of work: the gravest first, then the soonest due, then the oldest."""

    gravity: int
    due: Instant
    reported_at: Instant
    id: str


_KEY = Layout(">BQQ")
# Added to a moment before it is written, so that one before 1970 sorts before the others, too.
_SHIFT = 1 << 62


# Sorts after all keys.
LAST_KEY = b"\xff"


def key_of(order: WorkOrder) -> bytes:
    """Return bytes that sort as the order of work does."""
    gravity, due, reported_at, id = order
    return _key(-gravity, due, reported_at, id)


def _key(severity: int, due: Instant, reported_at: Instant, id: str) -> bytes:
    return _KEY.pack(len(SEVERITIES) - 1 - severity, due + _SHIFT, reported_at + _SHIFT) + id.encode()


def order_of(key: bytes) -> WorkOrder:
    """Return the place in the order of work that a key was made of."""
    gravity, due, reported_at = _KEY.unpack_from(key)
    return WorkOrder(gravity + 1 - len(SEVERITIES), due - _SHIFT, reported_at - _SHIFT, key[_KEY.size :].decode())


def id_in(key: bytes) -> str:
    """Return the id in a key in the order of work; an empty one of an empty key."""
    return key[_KEY.size :].decode()


def report_of(key: bytes) -> bytes:
    """Return of a key in the order of work what sorts by when it was reported, then by id."""
    return key[_KEY.size - 8 :]


def id_of(report: bytes) -> str:
    """Return the id in what `report_of` gave."""
    return report[8:].decode()


def key_from(gravity: int, due: Instant) -> bytes:
    """Return what sorts before all of this gravity that are due at a moment or later."""
    return _KEY.pack(gravity, due + _SHIFT, 0)


def folded(text: str) -> str:
    """Return the text in lower case without Vietnamese marks, so that "hue" finds "Huế"."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in normalize("NFD", text.lower()) if not combining(letter))
    return plain.replace("đ", "d")


class IndexEntry:
    """One incident with its severity, next deadline, sort key, and how many `children` were merged into it."""

    __slots__ = ("children", "clock", "due", "incident", "is_open", "key", "maintenance", "severity", "solution_due")

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.is_open = incident.state not in CLOSED
        self.severity = severity(incident)
        self.maintenance: str | None = None  # the id of the window that it lies under now
        self.clock: SlaClock | None = incident.next_clock() if self.is_open else None
        self.due: Instant | None = self.clock.due if self.clock is not None else None
        self.solution_due = _solution_due(incident) if self.is_open else None
        due = NEVER if self.due is None else self.due
        self.key = _key(SEVERITIES.index(self.severity), due, incident.reported_at, incident.id)
        self.children = sum(not child.away for child in incident.children.values()) if incident.children else 0

    @property
    def order(self) -> WorkOrder:
        """Its place in the order of work."""
        return order_of(self.key)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands an operator can give now, in the order they are met."""
        one = self.incident
        idle = set() if one.proposed is not None else {"decline"}
        if one.state is State.MERGED and one.outcome is not State.RESOLVED:
            idle.add("rate")
        answers = [answer for directive in one.directives for answer in directive.answers]
        if all(answer.acknowledged_at is not None for answer in answers):
            idle.add("acknowledge_directive")
        if all(answer.done_at is not None for answer in answers):
            idle.add("report_directive")
        return tuple(command for command in commands_in(one.state, one.is_shelved) if command not in idle)

    def overdue(self, now: Instant) -> bool:
        """True when the next deadline has passed."""
        return self.due is not None and self.due < now


def _solution_due(one: Incident) -> Instant | None:
    for clock in one.clocks:
        if clock.target is TargetName.RESOLVE:
            return clock.due if clock.running else None
    return None
