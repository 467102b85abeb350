"""How directives are watched (rules.yml, `directives`)."""

from msgspec import Struct

from ioc.catalogue.sla_policy import EscalationStep


class DirectivePolicy(Struct, frozen=True):
    """A warning at the share `warn` of a directive's time, and the escalation once that time is over."""

    warn: float | None = None
    escalation_steps: tuple[EscalationStep, ...] = ()
