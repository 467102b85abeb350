"""The targets of an incident: those of the rule that governs it, and that of its procedure."""

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


def targets_of(rule: SlaRule, procedure: Procedure | None) -> Mapping[TargetName, Millis]:
    """Return the targets under a rule, in ms; that of a procedure replaces the rule's target for the solution."""
    if procedure is None or procedure.target is None:
        return rule.targets
    return {**rule.targets, TargetName.RESOLVE: procedure.target}


def promised_procedure(rule: SlaRule, incident: Incident, catalogue: Catalogue) -> Procedure | None:
    """Return the procedure whose target counts; None when the rule's does. Nothing urgent is made slower by one."""
    procedure = catalogue.procedure_of(incident.service, incident.category)
    if procedure is None or procedure.target is None:
        return None
    rule_target = rule.targets.get(TargetName.RESOLVE)
    slower = rule_target is not None and procedure.target > rule_target
    return None if slower and incident.priority is Priority.URGENT else procedure


def procedure_code(procedure: Procedure | None) -> str:
    """Return what an incident stores as its `promise`: the procedure's code, or nothing."""
    return procedure.code if procedure is not None else ""
