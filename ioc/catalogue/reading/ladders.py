"""The ladder of a rule: who hears of a breach, how long after it, through which channel, and how often."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct, field

from ioc.catalogue.channel import SCREEN
from ioc.catalogue.reading.channels import ChannelRow
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Listed
from ioc.catalogue.reading.texts import LONGEST, duration, repeat_time
from ioc.catalogue.sla_policy import EscalationStep, Repeat, TimeKind
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name


class RepeatRow(Struct, frozen=True, forbid_unknown_fields=True):
    """How often a rung says the same again."""

    every: Name
    times: Annotated[int, Meta(ge=1, le=100)]


class RungRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rung as its file gives it."""

    level: Annotated[int, Meta(ge=1, le=9)]
    whom: Code
    after: Name = "0m"
    channel: Code = SCREEN
    waits_in: TimeKind = field(default=TimeKind.WORKING, name="in")
    repeat: RepeatRow | None = None


class Ladders:
    """Makes the ladders of a file of rules, and tells what is wrong with them."""

    def __init__(self, units: Listed[Unit], channels: Listed[ChannelRow], tell: Tell) -> None:
        self._units = units
        self._channels = channels
        self._tell = tell

    def ladder(self, rule: str, rows: Sequence[RungRow], always_open: bool) -> tuple[EscalationStep, ...]:
        """Return the ladder of a rule; in a calendar that is always open, all time is working time."""
        rungs = tuple(self._rung(f"{rule}.ladder.{index}", row) for index, row in enumerate(rows))
        for index, row in enumerate(rows[:-1]):
            if row.repeat is not None:
                self._tell(f"{rule}.ladder.{index}.repeat", "only the last rung repeats")
        self._tell_order(f"{rule}.ladder", rungs)
        if not always_open and any(_overtakes(other, one) for one, other in pairwise(rungs)):
            self._tell(f"{rule}.ladder", "a rung in wall time could come before the one below it, in working time")
        return rungs

    def _tell_order(self, where: str, rungs: Sequence[EscalationStep]) -> None:
        levels = [rung.level for rung in rungs if rung.level]
        if any(one >= other for one, other in pairwise(levels)):
            self._tell(where, "the levels of a ladder must rise")
        if any(one.after > other.after != _UNTOLD for one, other in pairwise(rungs)):
            self._tell(where, "a rung must not come before the one below it: after must not fall")

    def _rung(self, where: str, row: RungRow) -> EscalationStep:
        if self._units.lacks(row.whom):
            self._tell(f"{where}.whom", f"unknown unit '{row.whom}'")
        if self._channels.lacks(row.channel):
            self._tell(f"{where}.channel", f"unknown channel '{row.channel}'")
        after = self._tell.read(f"{where}.after", duration, row.after)
        repeat = None if row.repeat is None else self._repeat(f"{where}.repeat", row.repeat)
        return EscalationStep(
            row.level, _UNTOLD if after is None else after, row.whom, row.channel, row.waits_in, repeat
        )

    def _repeat(self, where: str, row: RepeatRow) -> Repeat | None:
        every = self._tell.read(f"{where}.every", repeat_time, row.every)
        if every is None:
            return None
        if every * row.times > LONGEST:
            self._tell(where, "goes on for longer than ten years")
        return Repeat(every, row.times)


_UNTOLD = -1  # a wait that was a fault


def _overtakes(rung: EscalationStep, below: EscalationStep) -> bool:
    """Return whether a rung can come first because the one below it stands still out of hours."""
    return below.after > 0 and (below.waits_in, rung.waits_in) == (TimeKind.WORKING, TimeKind.WALL)
