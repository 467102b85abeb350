"""Live counts of the open incidents, kept as incidents come and go and as time passes, so that reading them is cheap.

The instants at which an incident becomes overdue or due soon are sorted. When the clock moves, whichever way, only the
incidents whose instants it passes are counted again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Self

from msgspec import Struct
from pyroaring import BitMap

from api.read_model.index.entry import IndexEntry
from api.read_model.index.sorted_index import SortedIndex, by_instant
from ioc.core.exhaustive import total
from ioc.core.times import Instant, Millis
from ioc.incident.lifecycle import State
from ioc.incident.severity import SEVERITIES

# How many are open, and how many of them are overdue and so on, by name.
Counts = dict[str, int]
COUNT_NAMES = ("open", "overdue", "overdue_solutions", "due_soon", "unacknowledged", "paused", "critical")

# Flags of the instants of an incident that have passed: its next due, the due of its solution, its next warning.
DUE, SOLUTION_DUE, WARNING = 1, 2, 4


def _names_by_time(passed: int) -> tuple[str, ...]:
    names = ["overdue"] if passed & DUE else ["due_soon"] if passed & WARNING else []
    return (*names, "overdue_solutions") if passed & SOLUTION_DUE else tuple(names)


# The counts an open incident adds to, by the flags of the instants that have passed.
_NAMES_BY_TIME = tuple(_names_by_time(passed) for passed in range(8))

# The counts an incident adds to by its state, besides `open`.
_NAMES_BY_STATE: Mapping[State, tuple[str, ...]] = total(
    {
        State.PENDING: (),
        State.REPORTED: ("unacknowledged",),
        State.ACKNOWLEDGED: (),
        State.ASSIGNED: (),
        State.IN_PROGRESS: (),
        State.PAUSED: ("paused",),
        State.RESOLVED: (),
        State.CANCELLED: (),
        State.REJECTED: (),
        State.MERGED: (),
        State.REOPENED: ("unacknowledged",),
    },
    State,
)

DIMENSIONS = ("service", "unit", "ward")
# A service, a unit and a ward.
OpenCellKey = tuple[str, str | None, str | None]


def zero_counts() -> Counts:
    """Return counts of nothing."""
    return dict.fromkeys(COUNT_NAMES, 0)


class OpenCell:
    """The counts of the open incidents of one service, unit and ward, and their next dues."""

    __slots__ = ("counts", "dues")

    def __init__(self) -> None:
        self.counts = zero_counts()
        self.dues = by_instant()


class CountTargets(Struct, frozen=True, eq=False):
    """All counts that the incidents of one service, unit and ward, and of the same causes, add to."""

    cell: OpenCell
    counts: tuple[Counts, ...]


# Targets, state, severity and the flags of the instants that have passed: many incidents are equal in all of them.
_CountedAs = tuple[CountTargets, State, str, int]


class LiveCounters:
    """The counts of all open incidents, by each dimension alone, and by all dimensions together (`cells`).

    They hold once `advance` was called: until then, changes are pending, so that equal ones are counted together.
    `overdue_changes` gathers the incidents that time made overdue, or no longer so, for those who publish them.
    """

    def __init__(self) -> None:
        self.all = zero_counts()
        self.by_dimension: dict[str, dict[str, Counts]] = {dimension: {} for dimension in DIMENSIONS}
        self.cells: dict[OpenCellKey, OpenCell] = {}
        self.by_state: Counter[str] = Counter()
        self.by_severity: Counter[str] = Counter()
        self.overdue = BitMap()
        self.overdue_changes: set[int] = set()
        self._now: Instant = 0
        self._instants: dict[int, SortedIndex[int]] = {flag: by_instant() for flag in (DUE, SOLUTION_DUE, WARNING)}
        self._passed = bytearray()
        self._targets: list[CountTargets | None] = []
        self._pending: defaultdict[_CountedAs, int] = defaultdict(int)

    def targets(self, entry: IndexEntry, by_cause: Sequence[Counts]) -> CountTargets:
        """Return the counts an incident adds to: those of all, of each dimension, and those of its causes."""
        key = (entry.incident.service, entry.incident.unit, entry.incident.ward)
        dimensions = zip(self.by_dimension.values(), key, strict=True)
        counts = [by_code.setdefault(code, zero_counts()) for by_code, code in dimensions if code is not None]
        cell = self.cells.setdefault(key, OpenCell())
        return CountTargets(cell, (cell.counts, self.all, *counts, *by_cause))

    def add(self, number: int, entry: IndexEntry, targets: CountTargets) -> None:
        """Count an open incident."""
        if number >= len(self._targets):
            self._targets.extend([None] * (number + 1 - len(self._targets)))
            self._passed.extend(bytes(number + 1 - len(self._passed)))
        passed = 0
        for flag, instant in _instants_of(entry):
            self._instants[flag].add(instant, number)
            passed |= flag * (instant < self._now)
        if entry.due is not None:
            targets.cell.dues.add(entry.due, number)
        self._targets[number], self._passed[number] = targets, passed
        if passed & DUE:
            self.overdue.add(number)
        self._pending[targets, entry.incident.state, entry.severity, passed] += 1

    def remove(self, number: int, entry: IndexEntry) -> None:
        """Stop counting an incident that was counted."""
        targets = self._targets[number]
        assert targets is not None
        for flag, instant in _instants_of(entry):
            self._instants[flag].remove(instant, number)
        if entry.due is not None:
            targets.cell.dues.remove(entry.due, number)
        self._pending[targets, entry.incident.state, entry.severity, self._passed[number]] -= 1
        self.overdue.discard(number)
        self.overdue_changes.discard(number)
        self._targets[number], self._passed[number] = None, 0

    def has(self, number: int) -> bool:
        """True when an incident is counted: while it is open."""
        return number < len(self._targets) and self._targets[number] is not None

    def _flush(self) -> None:
        pending, self._pending = self._pending, defaultdict(int)
        for (targets, state, severity, passed), change in pending.items():
            self.by_state[state.value] += change
            self.by_severity[severity] += change
            for name in (*_names_at_any_time(state, severity), *_NAMES_BY_TIME[passed]):
                for counts in targets.counts:
                    counts[name] += change

    def advance(self, now: Instant) -> Self:
        """Bring the counts to an instant, which may be an earlier one. At the instant of a due there is still time."""
        self._flush()
        low, high = sorted((self._now, now))
        self._now = now
        for flag, numbers in self._instants.items() if low < high else ():
            for number in numbers.between(low, high):
                self._flip(number, flag)
        return self

    def _flip(self, number: int, flag: int) -> None:
        before = self._passed[number]
        after = self._passed[number] = before ^ flag
        targets = self._targets[number]
        for counts in targets.counts if targets is not None else ():
            for name in _NAMES_BY_TIME[before]:
                counts[name] -= 1
            for name in _NAMES_BY_TIME[after]:
                counts[name] += 1
        if flag == DUE:
            self.overdue_changes.add(number)
            (self.overdue.add if after & DUE else self.overdue.discard)(number)

    def flush_steps(self) -> Iterator[Callable[[], None]]:
        """Yield the calls that carry out what is pending, each of them short. New cells may come in between."""
        yield from (numbers.flush for numbers in self._instants.values())
        yield from (cell.dues.flush for cell in tuple(self.cells.values()))
        yield self._flush

    def due_within(self, within: Millis, cell: OpenCell | None = None) -> int:
        """Return how many, in all or of a cell, have their next due from now on and at most `within` ms ahead."""
        dues = self._instants[DUE] if cell is None else cell.dues
        return dues.count(self._now, self._now + within + 1)


def _names_at_any_time(state: State, severity: str) -> tuple[str, ...]:
    """Return the counts an open incident adds to whatever the time."""
    names = ("open", *_NAMES_BY_STATE[state])
    return (*names, "critical") if severity == SEVERITIES[-1] else names


def _instants_of(entry: IndexEntry) -> list[tuple[int, Instant]]:
    """Return the instants after which the flags of an open incident are set.

    A warning counts from its own instant on, a due only after it.
    """
    instants = []
    if entry.due is not None:
        instants.append((DUE, entry.due))
    if entry.solution_due is not None:
        instants.append((SOLUTION_DUE, entry.solution_due))
    if entry.clock is not None and entry.clock.warn is not None:
        instants.append((WARNING, entry.clock.warn - 1))
    return instants
