"""The open incidents, counted as they come and go and as time passes, so that what stands open now is told at once.

Moments (dues, warnings) stand in a line. When the clock moves, whichever way, only those it passes are counted anew.
"""

from collections import Counter
from collections.abc import Sequence

from api.card import Card
from api.line import Line, moments
from api.marks import Marks
from ioc.incident import SEVERITIES
from ioc.lifecycle import State
from ioc.times import Instant, Millis

UNACKNOWLEDGED = frozenset({State.REPORTED, State.REOPENED})


# Which of an incident's moments lie behind: its next due, that of its solution, the warning of its next due.
DUE, SOLUTION_DUE, WARNING = 1, 2, 4


class Counts:
    """How many are open, and how many of them are overdue and so on."""

    __slots__ = ("critical", "due_soon", "open", "overdue", "overdue_solutions", "paused", "unacknowledged")

    def __init__(self) -> None:
        self.open = self.overdue = self.overdue_solutions = self.due_soon = 0
        self.unacknowledged = self.paused = self.critical = 0

    def add(self, card: Card, passed: int, sign: int) -> None:
        """Count an open incident, or with the sign -1 no longer."""
        state = card.incident.state
        self.open += sign
        self.unacknowledged += sign * (state in UNACKNOWLEDGED)
        self.paused += sign * (state is State.PAUSED)
        self.critical += sign * (card.severity == SEVERITIES[-1])
        self._count(passed, sign)

    def turn(self, before: int, after: int) -> None:
        """Take over that other moments lie behind than before."""
        self._count(before, -1)
        self._count(after, 1)

    def _count(self, passed: int, sign: int) -> None:
        if passed & DUE:
            self.overdue += sign
        elif passed & WARNING:
            self.due_soon += sign
        if passed & SOLUTION_DUE:
            self.overdue_solutions += sign


class Part(Counts):
    """What is open of one service, unit and ward, with the next dues of all of it."""

    __slots__ = ("dues",)

    def __init__(self) -> None:
        super().__init__()
        self.dues = moments()


class Home:
    """Where incidents of one service, unit and ward, and of the same causes, are counted: in `part` and elsewhere."""

    __slots__ = ("counts", "part")

    def __init__(self, part: Part, others: Sequence[Counts]) -> None:
        self.part = part
        self.counts = (part, *others)


SIDES = ("service", "unit", "ward")
Names = tuple[str, str | None, str | None]


class Tallies:
    """The counts of all open incidents, of each service, unit and ward, and of each `part`: one of each together.

    `turned` gathers those that time made overdue, or no longer so, for whoever tells of it.
    """

    def __init__(self) -> None:
        self.all = Counts()
        self.by: dict[str, dict[str, Counts]] = {side: {} for side in SIDES}
        self.parts: dict[Names, Part] = {}
        self.states: Counter[State] = Counter()
        self.severities: Counter[str] = Counter()
        self.overdue = Marks()
        self.turned: set[int] = set()
        self._now: Instant = 0
        self._lines: dict[int, Line[int]] = {passed: moments() for passed in (DUE, SOLUTION_DUE, WARNING)}
        self._passed = bytearray()
        self._homes: list[Home | None] = []

    def home(self, card: Card, causes: Sequence[Counts]) -> Home:
        """Return where an incident is counted: in all, by each side, and among those of its causes."""
        names = (card.incident.service, card.incident.unit, card.incident.ward)
        sides = zip(self.by.values(), names, strict=True)
        known = [counts.setdefault(code, Counts()) for counts, code in sides if code is not None]
        return Home(self.parts.setdefault(names, Part()), (self.all, *known, *causes))

    def add(self, number: int, card: Card, home: Home) -> None:
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
        self._count(card, home, passed, 1)

    def remove(self, number: int, card: Card) -> None:
        """Take out an incident that was counted."""
        home = self._homes[number]
        assert home is not None
        for which, at in _moments(card):
            self._lines[which].remove(at, number)
        if card.due is not None:
            home.part.dues.remove(card.due, number)
        self._count(card, home, self._passed[number], -1)
        self.overdue.discard(number)
        self.turned.discard(number)
        self._homes[number], self._passed[number] = None, 0

    def counts(self, number: int) -> bool:
        """True when an incident is counted: while it is open."""
        return number < len(self._homes) and self._homes[number] is not None

    def _count(self, card: Card, home: Home, passed: int, sign: int) -> None:
        self.states[card.incident.state] += sign
        self.severities[card.severity] += sign
        for counts in home.counts:
            counts.add(card, passed, sign)

    def move(self, now: Instant) -> None:
        """Let it be another moment: what lies before it has passed. On a due itself there is still time."""
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
            counts.turn(before, after)
        if which == DUE:
            self.turned.add(number)
            (self.overdue.add if after & DUE else self.overdue.discard)(number)

    def due_within(self, within: Millis) -> int:
        """Return how many have their next deadline from now on, and at most `within` ms ahead."""
        return self._lines[DUE].count(self._now, self._now + within + 1)

    def part_due_within(self, part: Part, within: Millis) -> int:
        """Return how many of a part have their next deadline from now on, and at most `within` ms ahead."""
        return part.dues.count(self._now, self._now + within + 1)


def _moments(card: Card) -> list[tuple[int, Instant]]:
    """Return when an open incident's moments pass: a warning holds on its own instant, a due the instant after."""
    warn = card.clock.warn if card.clock is not None else None
    found = ((DUE, card.due), (SOLUTION_DUE, card.solution_due), (WARNING, None if warn is None else warn - 1))
    return [(which, at) for which, at in found if at is not None]
