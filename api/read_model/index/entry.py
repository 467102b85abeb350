"""The index entry of an incident: what filters, sorting and search ask of it, computed once."""

from api.read_model.index.work_order import NEVER, WorkOrder, order_of, pack_key
from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.incident.lifecycle import CLOSED, State, commands_in
from ioc.incident.severity import SEVERITIES, severity
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident


class IndexEntry:
    """One incident with its severity, next deadline, sort key, and how many `children` were merged into it."""

    __slots__ = ("children", "clock", "due", "incident", "is_open", "key", "maintenance", "severity", "solution_due")

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.is_open = incident.state not in CLOSED
        self.severity = severity(incident)
        self.maintenance: str | None = None  # the id of the active window whose scope covers it
        self.clock: SlaClock | None = incident.next_clock() if self.is_open else None
        self.due: Instant | None = self.clock.due if self.clock is not None else None
        self.solution_due = _solution_due(incident) if self.is_open else None
        due = NEVER if self.due is None else self.due
        self.key = pack_key(SEVERITIES.index(self.severity), due, incident.reported_at, incident.id)
        self.children = sum(not child.away for child in incident.children.values()) if incident.children else 0

    @property
    def order(self) -> WorkOrder:
        """Its position in the order of work."""
        return order_of(self.key)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands an operator can give now, in the order they are met."""
        incident = self.incident
        idle = set() if incident.proposed is not None else {"decline"}
        if incident.state is State.MERGED and incident.outcome is not State.RESOLVED:
            idle.add("rate")
        answers = [answer for directive in incident.directives for answer in directive.answers]
        if all(answer.acknowledged_at is not None for answer in answers):
            idle.add("acknowledge_directive")
        if all(answer.done_at is not None for answer in answers):
            idle.add("report_directive")
        return tuple(command for command in commands_in(incident.state, incident.is_shelved) if command not in idle)

    def is_overdue(self, now: Instant) -> bool:
        """True when the next deadline has passed."""
        return self.due is not None and self.due < now


def _solution_due(incident: Incident) -> Instant | None:
    for clock in incident.clocks:
        if clock.target is TargetName.RESOLVE:
            return clock.due if clock.running else None
    return None
