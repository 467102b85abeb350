"""TODO."""

from msgspec import Struct

from ioc.catalogue.sla_policy import EscalationStep


class DirectivePolicy(Struct, frozen=True):
    """How directives are watched: warned of at a share of their time, told up a ladder once it is over."""

    warn: float | None = None
    ladder: tuple[EscalationStep, ...] = ()
