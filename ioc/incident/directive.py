"""A directive over the network: who gave it, to which units, by when, and what each of them has answered."""

from collections.abc import Iterable

from msgspec import Struct

from ioc.core.times import Instant


class UnitAnswer(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """What one unit has answered so far: when it acknowledged the directive, and when it reported it done."""

    unit: str
    acknowledged_at: Instant | None = None
    done_at: Instant | None = None


class Directive(Struct, frozen=True, omit_defaults=True, gc=False):
    """An order given at a moment (ms). `id` and `source` are its event's; `by` is the unit or office it comes from."""

    id: str
    source: str
    at: Instant
    answers: tuple[UnitAnswer, ...]
    by: str | None = None
    due: Instant | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units it is given to."""
        return tuple(answer.unit for answer in self.answers)

    def answer_of(self, unit: str) -> UnitAnswer | None:
        """Return what a unit has answered; None when the directive is not to it."""
        return next((answer for answer in self.answers if answer.unit == unit), None)

    def on_time(self, answer: UnitAnswer) -> bool | None:
        """Return whether a unit was done on or before the due, or without one; None while it is not done."""
        if answer.done_at is None:
            return None
        return self.due is None or answer.done_at <= self.due

    def overdue_at(self, answer: UnitAnswer, now: Instant) -> bool:
        """True when a unit is not done though the due has passed: on the due instant itself there is still time."""
        return answer.done_at is None and self.due is not None and self.due < now


class FiredReminder(Struct, array_like=True, frozen=True, gc=False):
    """A step of a directive's deadline that was announced of a unit: never announced again, never unsaid."""

    directive: str
    unit: str
    step: int
    level: int
    due: Instant
    at: Instant

    def fact_id(self, incident: str) -> str:
        """Return the id of the fact that tells it: it can only be made once."""
        return f"{incident}/directive/{self.directive}/{self.unit}/{self.step}"


class DeadlineStep(Struct, frozen=True, gc=False):
    """One announcement of a deadline: the warning, the breach, or a rung of the ladder."""

    number: int
    level: int
    at: Instant
    recipient: str = ""
    channel: str = ""


def find_directive(directives: Iterable[Directive], id: str) -> Directive | None:
    """Return the directive of an id; None when there is none."""
    return next((one for one in directives if one.id == id), None)
