"""The state of an incident: what the fold of its events makes of it, and what was already announced about it."""

from msgspec import Struct, field

from ioc.core.scalars import Priority, Satisfaction, TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.directive import Directive, FiredReminder
from ioc.incident.dossier import Dossier
from ioc.incident.fired_step import FiredStep
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.kinship import Child, Fate, ParentOutcome
from ioc.incident.lifecycle import CLOSED, OPEN, State
from ioc.incident.open_spell import OpenSpell
from ioc.incident.sla_clock import SlaClock

PauseSpan = tuple[Instant, Instant]
"""When a pause began and when it ended."""


class Incident(Struct, omit_defaults=True, gc=False):
    """One incident. Its fields are a function of the set of its events, but for those that record what was sent.

    These are `fired_steps`, `fired_reminders`, `sent`, `next_at`, `sequence` and `version`.

    - Kinship: `parent` is the incident it was merged into, `proposed` one it may duplicate; `children` were merged into
      it. `parent_outcome` is the parent's last message, `sequence` the number of its own: see `ioc.decider.merging`.
    - Deadlines: `rule` governs them; `promise` is the procedure whose own target the solution has to meet. `next_at` is
      when the next step is to be announced. `worked` is the working time (ms) it took. `edition` is that of the
      catalogue by which the targets reached were judged.
    - Escalation: `raised` is the level people escalated it to, `raises` when they did so and to which level.
    - Runs: `epoch` counts the reopenings; `open_spells` are the times it stood open before the present one.
    - `taken_at` is when it was acknowledged, None once work has begun; `sent` are the ids of the centre's own events
      that are on their way to it.
    """

    id: str
    state: State = State.PENDING
    service: str = ""
    category: str | None = None
    priority: Priority = Priority.NORMAL
    title: str | None = None
    text: str | None = None
    source: str = ""
    channel: str | None = None
    unit: str | None = None
    assignee: str | None = None
    units: tuple[str, ...] = ()
    ward: str | None = None
    lat: float | None = None
    lon: float | None = None
    address: str | None = None
    reported_at: Instant = 0
    updated_at: Instant = 0
    acknowledged_at: Instant | None = None
    assigned_at: Instant | None = None
    started_at: Instant | None = None
    paused_at: Instant | None = None
    closed_at: Instant | None = None
    pauses: tuple[PauseSpan, ...] = ()
    rule: str = ""
    promise: str = ""
    dossier: Dossier | None = None
    clocks: tuple[SlaClock, ...] = ()
    on_time: bool | None = None
    worked: Millis | None = None
    raised: int = 0
    epoch: int = 0
    reopened_at: tuple[Instant, ...] = ()
    open_spells: tuple[OpenSpell, ...] = field(default=(), name="runs")
    raises: tuple[tuple[Instant, int], ...] = ()
    score: int | None = None
    satisfaction: Satisfaction | None = None
    rated_at: Instant | None = None
    parent: str | None = None
    taken_at: Instant | None = None
    lapses: int = 0
    shelved_until: Instant | None = None
    shelved_by: str | None = None
    proposed: str | None = None
    children: dict[str, Child] = {}
    parent_outcome: ParentOutcome | None = field(default=None, name="heard")
    history: tuple[HistoryEntry, ...] = ()
    directives: tuple[Directive, ...] = ()
    fired_steps: tuple[FiredStep, ...] = field(default=(), name="said")
    sent: tuple[str, ...] = ()
    edition: str = ""
    fired_reminders: tuple[FiredReminder, ...] = field(default=(), name="reminded")
    next_at: Instant | None = None
    sequence: int = field(default=0, name="turn")
    version: int = 0

    def draft(self) -> "Incident":
        """Return a copy that nobody else holds, to be changed."""
        return self.__copy__()  # type: ignore[attr-defined, no-any-return]

    def stands_as(self, old: "Incident") -> bool:
        """True when nothing has changed that others act on: whether it is open, what it is, where, whose, how urgent.

        Most events change nothing of this, so that units, duplicates and sensors need not hear of them.
        """
        if self.state is not old.state and not (self.state in OPEN and old.state in OPEN):
            return False
        return (
            self.priority is old.priority
            and self.unit == old.unit
            and self.units == old.units
            and self.rule == old.rule
            and self.service == old.service
            and self.category == old.category
            and self.lat == old.lat
            and self.lon == old.lon
            and self.reported_at == old.reported_at
            and self.parent == old.parent
            and self.proposed == old.proposed
        )

    @property
    def is_open(self) -> bool:
        """True while somebody still has to act."""
        return self.state in OPEN

    @property
    def is_closed(self) -> bool:
        """True once it is resolved, cancelled, rejected or merged."""
        return self.state in CLOSED

    @property
    def is_shelved(self) -> bool:
        """True while it is put aside: its deadlines run on, but nobody is notified of them."""
        return self.shelved_until is not None

    @property
    def fate(self) -> Fate:
        """How it ended; a merged incident ends as its parent does."""
        if self.state is not State.MERGED:
            return Fate(self.state, self.closed_at) if self.is_closed else Fate()
        parent = self.parent_outcome
        return Fate(parent.outcome, parent.ended_at) if parent is not None and parent.parent == self.parent else Fate()

    @property
    def outcome(self) -> State | None:
        """How the parent of a merged incident ended; None while that is open, and of one that is not merged."""
        return self.fate.outcome if self.state is State.MERGED else None

    @property
    def level(self) -> int:
        """The highest escalation level reached in the present run, by deadline or by people."""
        return max([self.raised, *(fired.level for fired in self.fired_steps if fired.epoch == self.epoch)])

    def clock(self, target: TargetName) -> SlaClock | None:
        """Return the clock of a target, if the incident has one."""
        for clock in self.clocks:
            if clock.target == target:
                return clock
        return None

    def next_clock(self) -> SlaClock | None:
        """Return the running clock whose due comes first."""
        first, soonest = None, None
        for clock in self.clocks:
            due = clock.due
            if due is not None and (soonest is None or due < soonest) and clock.running:
                first, soonest = clock, due
        return first

    def overdue_at(self, now: Instant) -> bool:
        """True when the due of a running clock has passed: the due instant itself is still in time."""
        clock = self.next_clock()
        return self.is_open and clock is not None and clock.due is not None and clock.due < now
