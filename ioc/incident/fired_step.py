"""The steps of a deadline: how they are numbered, and the record that one of them was announced."""

from msgspec import Struct

from ioc.core.scalars import TargetName
from ioc.core.times import Instant

# A deadline's steps are numbered: the warning, the breach, then the escalations in the order of the policy.
WARNED = 0
BREACHED = 1
FIRST_ESCALATION = 2


class FiredStep(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """A step of a deadline that was announced: it is not announced again, nor ever withdrawn.

    `epoch` and `run` are those of the incident and of the clock at that time; `due` and `at` are in ms.
    """

    epoch: int
    rule: str
    target: TargetName
    step: int
    level: int
    due: Instant
    at: Instant
    run: int = 0

    def fact_id(self, incident: str) -> str:
        """Return the id of the fact that announces it. It is made of its cause, so it can only be made once."""
        epoch = f"{self.epoch}.{self.run}" if self.run else str(self.epoch)
        return f"{incident}/{epoch}/{self.rule}/{self.target}/{self.step}"
