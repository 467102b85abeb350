"""The open incidents, counted as they come and go, so that what stands open now is told without looking at them all.

Moments (dues, warnings) are kept sorted: how many have passed, or will within any time, is a bisection, whichever way
the pipeline's clock was moved.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator

from api.card import Card
from ioc.lifecycle import OPEN, State
from ioc.times import Instant, Millis

UNACKNOWLEDGED = frozenset({State.REPORTED, State.REOPENED})


class Moments:
    """Sorted moments, of which some have passed."""

    def __init__(self) -> None:
        self._sorted: list[Instant] = []

    def add(self, at: Instant | None) -> None:
        """Add one; None is none."""
        if at is not None:
            insort(self._sorted, at)

    def remove(self, at: Instant | None) -> None:
        """Take out one that was added."""
        if at is not None:
            del self._sorted[bisect_left(self._sorted, at)]

    def before(self, now: Instant) -> int:
        """Return how many lie before `now`: on a due itself there is still time."""
        return bisect_left(self._sorted, now)

    def until(self, now: Instant) -> int:
        """Return how many lie before `now` or on it."""
        return bisect_right(self._sorted, now)


class Tally:
    """Counts of open incidents. Sums of tallies can be told too."""

    def __init__(self) -> None:
        self.open = 0
        self.states: Counter[State] = Counter()
        self.severities: Counter[str] = Counter()
        self._dues, self._solutions = Moments(), Moments()
        self._warned, self._late = Moments(), Moments()

    def add(self, card: Card) -> None:
        """Count an open incident."""
        self._count(card, 1)
        for moments, at in self._moments(card):
            moments.add(at)

    def remove(self, card: Card) -> None:
        """Take out an incident that was counted."""
        self._count(card, -1)
        for moments, at in self._moments(card):
            moments.remove(at)

    def _count(self, card: Card, sign: int) -> None:
        self.open += sign
        self.states[card.incident.state] += sign
        self.severities[card.severity] += sign

    def _moments(self, card: Card) -> Iterator[tuple[Moments, Instant | None]]:
        yield self._dues, card.due
        yield self._solutions, card.solution_due
        warn = card.clock.warn if card.clock is not None else None
        if warn is not None and card.due is not None and warn <= card.due:
            yield self._warned, warn
            yield self._late, card.due

    def overdue(self, now: Instant) -> int:
        """Return how many are past their next deadline."""
        return self._dues.before(now)

    def overdue_solutions(self, now: Instant) -> int:
        """Return how many are past the due of their solution."""
        return self._solutions.before(now)

    def due_within(self, now: Instant, within: Millis) -> int:
        """Return how many have their next deadline from now on, and at most `within` ms ahead."""
        return self._dues.until(now + within) - self._dues.before(now)

    def due_soon(self, now: Instant) -> int:
        """Return how many have been warned of and are not overdue."""
        return self._warned.until(now) - self._late.before(now)

    @property
    def unacknowledged(self) -> int:
        """How many nobody has acknowledged."""
        return sum(self.states[state] for state in UNACKNOWLEDGED)


SIDES = ("service", "unit", "ward")


class Tallies:
    """The tally of all open incidents, and one for each service, unit and ward."""

    def __init__(self) -> None:
        self.all = Tally()
        self.by: dict[str, dict[str, Tally]] = {side: {} for side in SIDES}

    def change(self, gone: Card | None, come: Card | None) -> None:
        """Take over that one card was replaced by another."""
        for card in _open(gone):
            for tally in self._of(card):
                tally.remove(card)
        for card in _open(come):
            for tally in self._of(card):
                tally.add(card)

    def _of(self, card: Card) -> Iterator[Tally]:
        yield self.all
        for side, tallies in self.by.items():
            code = getattr(card.incident, side)
            if code is not None:
                yield tallies.setdefault(code, Tally())


def _open(card: Card | None) -> Iterable[Card]:
    return (card,) if card is not None and card.incident.state in OPEN else ()
