"""The incident: what the fold of its events says now, and what has been said about it so far."""

from typing import NamedTuple

from msgspec import Raw, Struct, field

from ioc.catalogue.service import Online
from ioc.core.rejections import Reason
from ioc.core.scalars import Priority, Satisfaction, TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.directive import Directive, FiredReminder
from ioc.incident.lifecycle import CLOSED, OPEN, RANK, EventType, State


class HistoryEntry(Struct, array_like=True, omit_defaults=True, gc=False):
    """One event in an incident's history. `data` is its payload as JSON; `refused` says why it moved nothing.

    `unknown` are the fields that named what the catalogue did not know when the event came: a later change of the
    catalogue judges nothing anew. `on_time` is the verdict of a solution, as it was given.
    """

    time: Instant
    event_type: EventType
    source: str
    id: str
    data: Raw
    refused: Reason | None = None
    unknown: tuple[str, ...] = ()
    on_time: bool | None = None


EntryOrder = tuple[bool, Instant, int, str, str]


def fold_order(entry: HistoryEntry) -> EntryOrder:
    """Return the sort key of the fold: the report first, then time, then rank of the move, source and id.

    The report comes first even when another service's clock puts its own event before it.
    """
    return (entry.event_type is not EventType.REPORTED, entry.time, RANK[entry.event_type], entry.source, entry.id)


def comes_after(entry: HistoryEntry, other: HistoryEntry) -> bool:
    """True when an entry comes after another in the order of the fold."""
    if entry.time > other.time and entry.event_type is not EventType.REPORTED:
        return True
    return fold_order(entry) > fold_order(other)


class SlaClock(Struct, array_like=True, omit_defaults=True, gc=False):
    """The running of one deadline: `total` ms of working time, of which `used` had passed when it began at `base`.

    `due` and `warn` are None while the clock stands still. `explicit` deadlines were given with the report and
    count no working time. `met` is when the target was reached; `stopped` ends a clock that no longer matters.
    `run` counts how often it was set going anew within one run of the incident.
    """

    target: TargetName
    base: Instant
    total: Millis
    used: Millis = 0
    due: Instant | None = None
    warn: Instant | None = None
    met: Instant | None = None
    explicit: bool = False
    stopped: Instant | None = None
    run: int = 0

    @property
    def budget(self) -> Millis:
        """Working time that was left at `base`."""
        return max(0, self.total - self.used)

    @property
    def in_time(self) -> bool:
        """True when the target was reached, not after its due."""
        return self.met is not None and self.due is not None and self.met <= self.due

    @property
    def running(self) -> bool:
        """True while the target is neither met nor stopped."""
        return self.met is None and self.stopped is None


WARNED = 0
BREACHED = 1
FIRST_ESCALATION = 2  # step 2 is the first rung of the escalation ladder


class FiredStep(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """A step of a deadline that was announced: never announced again, never unsaid."""

    epoch: int
    rule: str
    target: TargetName
    step: int
    level: int
    due: Instant
    at: Instant
    run: int = 0

    def is_of(self, incident: "Incident", clock: SlaClock) -> bool:
        """True when a clock announced it as it runs now: in this run of the incident, and under this rule."""
        is_clocks = self.run == clock.run and self.target == clock.target
        return is_clocks and self.epoch == incident.epoch and self.rule == incident.rule

    def fact_id(self, incident: str) -> str:
        """Return the id of the fact that tells of it: it can only be made once."""
        epoch = f"{self.epoch}.{self.run}" if self.run else str(self.epoch)
        return f"{incident}/{epoch}/{self.rule}/{self.target}/{self.step}"


class Child(Struct, array_like=True, omit_defaults=True, frozen=True, gc=False):
    """What a parent knows of an incident that was merged into it, as of the child's own `sequence`; `away` once it left."""

    sequence: int
    reported_at: Instant = 0
    merged_at: Instant = 0
    away: bool = False


class ParentOutcome(Struct, array_like=True, omit_defaults=True, frozen=True, gc=False):
    """What a merged incident last heard from its parent, as of the parent's `sequence`: how the matter ended, and when."""

    parent: str
    sequence: int
    outcome: State | None = None
    ended_at: Instant | None = None
    generation: int = 1


class Fate(NamedTuple):
    """How a matter ended, and when; nothing while it is open."""

    outcome: State | None = None
    ended_at: Instant | None = None


PauseSpan = tuple[Instant, Instant]


class OpenSpell(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """A time the incident stood open that ended in a closing which was undone, and by when it had been due.

    `complained`: others than the centre itself had it reopened, which is what the data tell of a complaint.
    """

    closed: Instant
    reopened: Instant
    due: Instant | None = None
    complained: bool = False


class Dossier(Struct, array_like=True, frozen=True, gc=False):
    """Of an application for a procedure: how much of the procedure is online, if known, and whether it came online."""

    level: Online | None
    came_online: bool


class Incident(Struct, omit_defaults=True, gc=False):
    """One matter. All but `fired_steps`, `fired_reminders`, `sent`, `next_at`, `sequence` and `version` is made of the set of its events.

    `parent` is what it was merged into, `proposed` what it may be the same as; `children` were merged into it. `parent_outcome`
    is the parent's last word, `sequence` how often it told others of itself: see `ioc.families`.
    `next_at` is when the next step of a deadline is to be announced; `worked` is the working time it took;
    `raised` the level people escalated it to, `raises` each time they did, and to which level; `epoch` counts its
    runs: one more with each reopening; `open_spells` are those before the present one. `taken_at` is when it was acknowledged,
    while nobody has begun; `sent` are the centre's own events that are on their way to it. `edition` is that of the
    catalogue by which what it reached was judged. `promise` is the procedure whose own target the solution has to meet.
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

    def stands_as(self, other: "Incident") -> bool:
        """True when nothing is otherwise that others go by: whether it is open, what it is, where, whose, how urgent.

        Most events change nothing of it, and then nobody else need be told of them.
        """
        if self.state is not other.state and not (self.state in OPEN and other.state in OPEN):
            return False
        return (
            self.priority is other.priority
            and self.unit == other.unit
            and self.units == other.units
            and self.rule == other.rule
            and self.service == other.service
            and self.category == other.category
            and self.lat == other.lat
            and self.lon == other.lon
            and self.reported_at == other.reported_at
            and self.parent == other.parent
            and self.proposed == other.proposed
        )

    @property
    def is_open(self) -> bool:
        """True while somebody still has to act."""
        return self.state in OPEN

    @property
    def is_closed(self) -> bool:
        """True once the matter is resolved, cancelled, rejected or merged."""
        return self.state in CLOSED

    @property
    def is_shelved(self) -> bool:
        """True while it is put aside: its deadlines run on, but nobody is told of them."""
        return self.shelved_until is not None

    @property
    def fate(self) -> Fate:
        """How the matter ended: of a merged incident what it heard from its parent."""
        if self.state is not State.MERGED:
            return Fate(self.state, self.closed_at) if self.is_closed else Fate()
        heard = self.parent_outcome
        return Fate(heard.outcome, heard.ended_at) if heard is not None and heard.parent == self.parent else Fate()

    @property
    def outcome(self) -> State | None:
        """How the parent of a merged incident ended; None while that is open, and of an incident that has none."""
        return self.fate.outcome if self.state is State.MERGED else None

    @property
    def level(self) -> int:
        """The highest escalation level reached in the present run, by deadline or by people."""
        return max([self.raised, *(said.level for said in self.fired_steps if said.epoch == self.epoch)])

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
        """True when a running clock's due has passed: on the due instant itself there is still time."""
        clock = self.next_clock()
        return self.is_open and clock is not None and clock.due is not None and clock.due < now


SEVERITIES = ("low", "medium", "high", "critical")
_BASE_SEVERITY = {Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2, Priority.URGENT: 3}


def severity(incident: Incident) -> str:
    """Return low, medium, high or critical: from the priority, one step up once a deadline was breached."""
    base = _BASE_SEVERITY[incident.priority]
    if base < 3 and incident.fired_steps:
        base += any(said.step >= BREACHED and said.epoch == incident.epoch for said in incident.fired_steps)
    return SEVERITIES[base]
