"""What an incident is promised: the rule that governs it, and its targets, the procedure's own among them."""

from collections.abc import Mapping

from ioc.catalogue.city import Catalogue
from ioc.catalogue.service import Procedure
from ioc.catalogue.sla_policy import SlaRule
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import Millis
from ioc.incident.state import Incident


def rule_of(incident: Incident, catalogue: Catalogue) -> SlaRule | None:
    """Return the rule that governs an incident as it stands now."""
    return catalogue.rules.rule_for(
        incident.service, incident.category, incident.priority, incident.source, incident.unit
    )


def targets_of(rule: SlaRule, promised: Procedure | None) -> Mapping[TargetName, Millis]:
    """Return the targets under a rule: what a procedure promises takes the place of the solution's."""
    if promised is None or promised.target is None:
        return rule.targets
    return {**rule.targets, TargetName.RESOLVE: promised.target}


def promised_procedure(rule: SlaRule, incident: Incident, catalogue: Catalogue) -> Procedure | None:
    """Return the procedure whose target counts; None when it is the rule's. What is urgent is not made slower by it."""
    procedure = catalogue.procedure_of(incident.service, incident.category)
    if procedure is None or procedure.target is None:
        return None
    own = rule.targets.get(TargetName.RESOLVE)
    slower = own is not None and procedure.target > own
    return None if slower and incident.priority is Priority.URGENT else procedure


def procedure_code(promised: Procedure | None) -> str:
    """Return what an incident keeps of the procedure whose target counts."""
    return promised.code if promised is not None else ""
