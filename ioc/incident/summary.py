"""The summary of an incident: those fields of its state that notifications need, decoded from the same record."""

from msgspec import Struct

from ioc.core.scalars import Priority
from ioc.core.times import Instant
from ioc.incident.lifecycle import OPEN, State


class Summary(Struct, frozen=True, omit_defaults=True):
    """What a notification says of an incident. Each field is that of `Incident` with the same name."""

    id: str
    state: State = State.PENDING
    service: str = ""
    category: str | None = None
    priority: Priority = Priority.NORMAL
    title: str | None = None
    source: str = ""
    unit: str | None = None
    units: tuple[str, ...] = ()
    ward: str | None = None
    rule: str = ""
    reported_at: Instant = 0
    reopened_at: tuple[Instant, ...] = ()
    shelved_until: Instant | None = None

    @property
    def is_open(self) -> bool:
        """True while somebody still has to act."""
        return self.state in OPEN

    @property
    def open_since(self) -> Instant:
        """When it was reported, or last reopened."""
        return max(self.reported_at, *self.reopened_at) if self.reopened_at else self.reported_at

    @property
    def is_urgent(self) -> bool:
        """True when it is on the inter-agency path."""
        return self.priority is Priority.URGENT
