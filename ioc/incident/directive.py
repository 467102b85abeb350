"""A directive over the network: who gave it, to which units, by when, what each answered, and what was announced."""

from collections.abc import Iterable

from msgspec import Struct

from ioc.core.times import Instant


class UnitAnswer(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """When one unit acknowledged a directive, and when it reported it done (ms); None as long as it has not."""

    unit: str
    acknowledged_at: Instant | None = None
    done_at: Instant | None = None


class Directive(Struct, frozen=True, omit_defaults=True, gc=False):
    """An order given at `at` (ms). `id` and `source` are its event's; `by` is the unit or office that gave it."""

    id: str
    source: str
    at: Instant
    answers: tuple[UnitAnswer, ...]
    by: str | None = None
    due: Instant | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """The units it is given to."""
        return tuple(answer.unit for answer in self.answers)

    def answer_of(self, unit: str) -> UnitAnswer | None:
        """Return what a unit has answered; None when the directive was not given to it."""
        return next((answer for answer in self.answers if answer.unit == unit), None)

    def on_time(self, answer: UnitAnswer) -> bool | None:
        """Return whether a unit was done no later than the due; True without a due, None while it is not done."""
        if answer.done_at is None:
            return None
        return self.due is None or answer.done_at <= self.due

    def overdue_at(self, answer: UnitAnswer, now: Instant) -> bool:
        """True when a unit is not done though the due has passed: the due instant itself is still in time."""
        return answer.done_at is None and self.due is not None and self.due < now


class FiredReminder(Struct, array_like=True, frozen=True, gc=False):
    """A step of a directive's deadline announced about one unit: it is not announced again, nor ever withdrawn."""

    directive: str
    unit: str
    step: int
    level: int
    due: Instant
    at: Instant

    def fact_id(self, incident: str) -> str:
        """Return the id of the fact that announces it. It is made of its cause, so it can only be made once."""
        return f"{incident}/directive/{self.directive}/{self.unit}/{self.step}"


class DeadlineStep(Struct, frozen=True, gc=False):
    """One announcement of a deadline (warning, breach or escalation): its instant (ms), and who hears of it how."""

    number: int
    level: int
    at: Instant
    recipient: str = ""
    channel: str = ""


def find_directive(directives: Iterable[Directive], directive_id: str) -> Directive | None:
    """Return the directive with an id; None when there is none."""
    return next((directive for directive in directives if directive.id == directive_id), None)
