"""Reader of escalation policies (`ladder` in rules.yml): who is notified of a breach, when, how and how often."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct, field

from ioc.catalogue.channel import SCREEN
from ioc.catalogue.reading.channels import ChannelRow
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.documents.time_texts import LONGEST, duration, repeat_time
from ioc.catalogue.sla_policy import EscalationStep, Repeat, TimeKind
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name


class RepeatRow(Struct, frozen=True, forbid_unknown_fields=True):
    """How often a step is repeated."""

    every: Name
    times: Annotated[int, Meta(ge=1, le=100)]


class EscalationStepRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A step in its file."""

    level: Annotated[int, Meta(ge=1, le=9)]
    unit: Code = field(name="whom")
    after: Name = "0m"
    channel: Code = SCREEN
    waits_in: TimeKind = field(default=TimeKind.WORKING, name="in")
    repeat: RepeatRow | None = None


class EscalationPolicies:
    """Builds the escalation policies of a file of rules, and reports what is wrong with them."""

    def __init__(self, units: NamedRows[Unit], channels: NamedRows[ChannelRow], report: ErrorReport) -> None:
        self._units = units
        self._channels = channels
        self._report = report

    def steps(self, rule: str, rows: Sequence[EscalationStepRow], always_open: bool) -> tuple[EscalationStep, ...]:
        """Return the steps of a rule. In a calendar that is `always_open` all time is working time."""
        steps = tuple(self._step(f"{rule}.ladder.{index}", row) for index, row in enumerate(rows))
        for index, row in enumerate(rows[:-1]):
            if row.repeat is not None:
                self._report(f"{rule}.ladder.{index}.repeat", "only the last rung repeats")
        self._report_order(f"{rule}.ladder", steps)
        if not always_open and any(_can_overtake(step, previous) for previous, step in pairwise(steps)):
            self._report(f"{rule}.ladder", "a rung in wall time could come before the one below it, in working time")
        return steps

    def _report_order(self, path: str, steps: Sequence[EscalationStep]) -> None:
        levels = [step.level for step in steps if step.level]
        if any(level >= following for level, following in pairwise(levels)):
            self._report(path, "the levels of a ladder must rise")
        if any(step.after > following.after != _WRONG_WAIT for step, following in pairwise(steps)):
            self._report(path, "a rung must not come before the one below it: after must not fall")

    def _step(self, path: str, row: EscalationStepRow) -> EscalationStep:
        if self._units.lacks(row.unit):
            self._report(f"{path}.whom", f"unknown unit '{row.unit}'")
        if self._channels.lacks(row.channel):
            self._report(f"{path}.channel", f"unknown channel '{row.channel}'")
        wait = self._report.parse(f"{path}.after", duration, row.after)
        after = _WRONG_WAIT if wait is None else wait
        repeat = None if row.repeat is None else self._repeat(f"{path}.repeat", row.repeat)
        return EscalationStep(row.level, after, row.unit, row.channel, row.waits_in, repeat)

    def _repeat(self, path: str, row: RepeatRow) -> Repeat | None:
        every = self._report.parse(f"{path}.every", repeat_time, row.every)
        if every is None:
            return None
        if every * row.times > LONGEST:
            self._report(path, "goes on for longer than ten years")
        return Repeat(every, row.times)


_WRONG_WAIT = -1  # in place of a wait that was wrong itself


def _can_overtake(step: EscalationStep, previous: EscalationStep) -> bool:
    """Return whether a step can come first because the one before it does not advance outside working hours."""
    return previous.after > 0 and (previous.waits_in, step.waits_in) == (TimeKind.WORKING, TimeKind.WALL)
