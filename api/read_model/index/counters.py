"""The open incidents, counted as they come and go and as time passes, so that what stands open now is told at once.

Moments (dues, warnings) stand in a line. When the clock moves, whichever way, only those it passes are counted anew.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from api.read_model.index.bitmap import Marks
from api.read_model.index.entry import IndexEntry
from api.read_model.index.sorted_index import SortedIndex, moments
from ioc.core.times import Instant, Millis
from ioc.incident.lifecycle import State
from ioc.incident.state import SEVERITIES

# How many are open, and how many of them are overdue and so on, by name.
Counts = dict[str, int]
NAMES = ("open", "overdue", "overdue_solutions", "due_soon", "unacknowledged", "paused", "critical")

# Which of an incident's moments lie behind: its next due, that of its solution, the warning of its next due.
DUE, SOLUTION_DUE, WARNING = 1, 2, 4


def _passed_names(passed: int) -> tuple[str, ...]:
    names = ["overdue"] if passed & DUE else ["due_soon"] if passed & WARNING else []
    return (*names, "overdue_solutions") if passed & SOLUTION_DUE else tuple(names)


# What an open incident counts as by the moments that lie behind.
_PASSED = tuple(_passed_names(passed) for passed in range(8))


def none() -> Counts:
    """Return counts of nothing."""
    return dict.fromkeys(NAMES, 0)


class Part:
    """What is open of one service, unit and ward, and when it is due next."""

    __slots__ = ("counts", "dues")

    def __init__(self) -> None:
        self.counts = none()
        self.dues = moments()


class Home(Struct, frozen=True, eq=False):
    """Where incidents of one service, unit and ward, and of the same causes, are counted: in `part` and elsewhere."""

    part: Part
    counts: tuple[Counts, ...]


SIDES = ("service", "unit", "ward")
Names = tuple[str, str | None, str | None]


# Where an open incident is counted, its state and severity, and which of its moments have passed: many are alike.
_Alike = tuple[Home, State, str, int]


class Counters:
    """The counts of all open incidents, of each service, unit and ward, and of each `part`: one of each together.

    They hold once the tallies are moved: what comes and goes waits aside until then, to be counted with its like.
    `turned` gathers those that time made overdue, or no longer so, for whoever tells of it.
    """

    def __init__(self) -> None:
        self.all = none()
        self.by: dict[str, dict[str, Counts]] = {side: {} for side in SIDES}
        self.parts: dict[Names, Part] = {}
        self.states: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.overdue = Marks()
        self.turned: set[int] = set()
        self._now: Instant = 0
        self._lines: dict[int, SortedIndex[int]] = {passed: moments() for passed in (DUE, SOLUTION_DUE, WARNING)}
        self._passed = bytearray()
        self._homes: list[Home | None] = []
        self._waiting: defaultdict[_Alike, int] = defaultdict(int)

    def home(self, card: IndexEntry, causes: Sequence[Counts]) -> Home:
        """Return where an incident is counted: in all, by each side, and among those of its causes."""
        names = (card.incident.service, card.incident.unit, card.incident.ward)
        sides = zip(self.by.values(), names, strict=True)
        known = [counts.setdefault(code, none()) for counts, code in sides if code is not None]
        part = self.parts.setdefault(names, Part())
        return Home(part, (part.counts, self.all, *known, *causes))

    def add(self, number: int, card: IndexEntry, home: Home) -> None:
        """Count an open incident."""
        if number >= len(self._homes):
            self._homes.extend([None] * (number + 1 - len(self._homes)))
            self._passed.extend(bytes(number + 1 - len(self._passed)))
        passed = 0
        for which, at in _moments(card):
            self._lines[which].add(at, number)
            passed |= which * (at < self._now)
        if card.due is not None:
            home.part.dues.add(card.due, number)
        self._homes[number], self._passed[number] = home, passed
        if passed & DUE:
            self.overdue.add(number)
        self._waiting[home, card.incident.state, card.severity, passed] += 1

    def remove(self, number: int, card: IndexEntry) -> None:
        """Take out an incident that was counted."""
        home = self._homes[number]
        assert home is not None
        for which, at in _moments(card):
            self._lines[which].remove(at, number)
        if card.due is not None:
            home.part.dues.remove(card.due, number)
        self._waiting[home, card.incident.state, card.severity, self._passed[number]] -= 1
        self.overdue.discard(number)
        self.turned.discard(number)
        self._homes[number], self._passed[number] = None, 0

    def counts(self, number: int) -> bool:
        """True when an incident is counted: while it is open."""
        return number < len(self._homes) and self._homes[number] is not None

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, defaultdict(int)
        for (home, state, severity, passed), more in waiting.items():
            self.states[state.value] += more
            self.severities[severity] += more
            for name in (*_named(state, severity), *_PASSED[passed]):
                for counts in home.counts:
                    counts[name] += more

    def move(self, now: Instant) -> None:
        """Let it be another moment: what lies before it has passed. On a due itself there is still time."""
        self._settle()
        if now == self._now:
            return
        low, high = sorted((self._now, now))
        self._now = now
        for which, line in self._lines.items():
            for number in line.between(low, high):
                self._turn(number, which)

    def _turn(self, number: int, which: int) -> None:
        before = self._passed[number]
        after = self._passed[number] = before ^ which
        home = self._homes[number]
        for counts in home.counts if home is not None else ():
            for name in _PASSED[before]:
                counts[name] -= 1
            for name in _PASSED[after]:
                counts[name] += 1
        if which == DUE:
            self.turned.add(number)
            (self.overdue.add if after & DUE else self.overdue.discard)(number)

    def steps(self) -> Iterator[Callable[[], None]]:
        """Yield what puts in its place what came, step by step."""
        yield from (line.settle for line in self._lines.values())
        yield from (part.dues.settle for part in self.parts.values())
        yield self.overdue.settle
        yield self._settle

    def due_within(self, within: Millis, part: Part | None = None) -> int:
        """Return how many, in all or of a part, have their next due from now on and at most `within` ms ahead."""
        dues = self._lines[DUE] if part is None else part.dues
        return dues.count(self._now, self._now + within + 1)


def _named(state: State, severity: str) -> list[str]:
    """Return what an open incident counts as whatever the time."""
    names = ["open"]
    if state is State.REPORTED or state is State.REOPENED:
        names.append("unacknowledged")
    elif state is State.PAUSED:
        names.append("paused")
    if severity == SEVERITIES[-1]:
        names.append("critical")
    return names


def _moments(card: IndexEntry) -> list[tuple[int, Instant]]:
    """Return when an open incident's moments pass: a warning holds on its own instant, a due the instant after."""
    found = []
    if card.due is not None:
        found.append((DUE, card.due))
    if card.solution_due is not None:
        found.append((SOLUTION_DUE, card.solution_due))
    if card.clock is not None and card.clock.warn is not None:
        found.append((WARNING, card.clock.warn - 1))
    return found
