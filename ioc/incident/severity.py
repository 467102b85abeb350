"""The severity of an incident, by which queues and maps are sorted and coloured."""

from ioc.core.exhaustive import total
from ioc.core.scalars import Priority
from ioc.incident.fired_step import BREACHED
from ioc.incident.state import Incident

SEVERITIES = ("low", "medium", "high", "critical")

_BASE_SEVERITY = total({Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2, Priority.URGENT: 3}, Priority)


def severity(incident: Incident) -> str:
    """Return low, medium, high or critical: from the priority, one step up once a deadline was breached."""
    base = _BASE_SEVERITY[incident.priority]
    if base < 3 and incident.fired_steps:
        base += any(fired.step >= BREACHED and fired.epoch == incident.epoch for fired in incident.fired_steps)
    return SEVERITIES[base]
