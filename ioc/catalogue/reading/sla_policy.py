"""Reader of rules.yml: by when incidents are dealt with, and who is notified when they are not."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from msgspec import Struct

from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.catalogue.reading.calendars import CalendarRow
from ioc.catalogue.reading.categories import Categories
from ioc.catalogue.reading.channels import ChannelRow
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import Document, NamedRows
from ioc.catalogue.reading.documents.time_texts import some_time
from ioc.catalogue.reading.escalation_policies import EscalationPolicies, EscalationStepRow
from ioc.catalogue.reading.services import ServiceRow
from ioc.catalogue.rule_ties import tied_rules
from ioc.catalogue.sla_policy import Match, OnPriority, OnReopen, SlaPolicy, SlaRule
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name, Priority, TargetName
from ioc.core.times import Millis

_MAX_TIES_NAMED = 5


class RuleRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule in its file; a criterion of `match` is one name or several."""

    id: Code
    calendar: Code
    targets: dict[str, Name] = {}
    match: dict[str, Any] = {}
    warn: float | None = None
    ladder: tuple[EscalationStepRow, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED
    acknowledged_for: Name | None = None
    involve: tuple[Code, ...] = ()


class DirectivesRow(Struct, frozen=True, forbid_unknown_fields=True):
    """How directives are watched, in its file."""

    warn: float | None = None
    ladder: tuple[EscalationStepRow, ...] = ()


class RuleReferences(NamedTuple):
    """What rules may refer to."""

    services: NamedRows[ServiceRow]
    units: NamedRows[Unit]
    calendars: NamedRows[CalendarRow]
    channels: NamedRows[ChannelRow]
    categories: Categories


def read_rules(folder: CatalogueFolder, references: RuleReferences) -> tuple[SlaPolicy, DirectivePolicy]:
    """Return the rules, and how directives are watched. Rules that an incident can fit equally well are errors."""
    document = folder.document("rules.yml", ["rules"], ["directives"])
    rows = document.rows("rules", RuleRow, "id")
    policies = EscalationPolicies(references.units, references.channels, document.report)
    builders = [_RuleBuilder(row, references, policies, document.report) for row in rows.rows]
    rules = [builder.rule() for builder in builders]
    comparable = (builder.row.id not in rows.faulty and builder.match_is_whole for builder in builders)
    _report_ties([rule for rule, compare in zip(rules, comparable, strict=True) if compare], document.report)
    return SlaPolicy(tuple(rules)), _directives(document, policies)


def _directives(document: Document, policies: EscalationPolicies) -> DirectivePolicy:
    row = document.section("directives", DirectivesRow) or DirectivesRow()
    _report_warn("directives.warn", row.warn, document.report)
    for index, step in enumerate(row.ladder):
        if step.repeat is not None:
            document.report(f"directives.ladder.{index}.repeat", "the ladder of directives does not repeat")
    return DirectivePolicy(row.warn, policies.steps("directives", row.ladder, always_open=True))


def _report_warn(path: str, warn: float | None, report: ErrorReport) -> None:
    if warn is not None and not 0 < warn < 1:
        report(path, "the warning must be a share between 0 and 1")


def _report_ties(rules: Sequence[SlaRule], report: ErrorReport) -> None:
    ties = ((rule, tied) for rule, tied in tied_rules(rules) if rule != tied)
    for rule, pairs in groupby(ties, key=lambda tie: tie[0]):
        names = [f"'{tied}'" for _, tied in pairs]
        rest = len(names) - _MAX_TIES_NAMED
        text = ", ".join(names[:_MAX_TIES_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
        report(rule, f"ties with {text}: an incident can fit both equally well")


class _RuleBuilder:
    """Builds a rule from its row, and reports what is wrong with it."""

    def __init__(
        self, row: RuleRow, references: RuleReferences, policies: EscalationPolicies, report: ErrorReport
    ) -> None:
        self.row = row
        self._references = references
        self._policies = policies
        self.match_is_whole = True
        self._file_report = report

    def rule(self) -> SlaRule:
        row, calendars = self.row, self._references.calendars
        if calendars.lacks(row.calendar):
            self._report("calendar", f"unknown calendar '{row.calendar}'")
        _report_warn(f"{row.id}.warn", row.warn, self._file_report)
        self._check_involved()
        always_open = any(calendar.always for calendar in calendars.rows if calendar.id == row.calendar)
        match, targets = self._match(), self._targets()
        steps = self._policies.steps(row.id, row.ladder, always_open)
        policies = (row.on_reopen, row.on_priority, self._acknowledged_for())
        return SlaRule(row.id, match, row.calendar, targets, row.warn, steps, *policies, row.involve)

    def _report(self, path: str, message: str) -> None:
        self._file_report(f"{self.row.id}.{path}", message)

    def _check_involved(self) -> None:
        for unit in dict.fromkeys(self.row.involve):
            if self._references.units.lacks(unit):
                self._report("involve", f"unknown unit '{unit}'")
            if self.row.involve.count(unit) > 1:
                self._report("involve", f"'{unit}' is there twice")

    def _targets(self) -> dict[TargetName, Millis]:
        if not self.row.targets:
            self._report("targets", "a rule needs at least one")
        targets: dict[TargetName, Millis] = {}
        for name, text in self.row.targets.items():
            within = self._file_report.parse(f"{self.row.id}.targets.{name}", some_time, text)
            if name not in set(TargetName):
                self._report(f"targets.{name}", "not a target")
            elif within is not None:
                targets[TargetName(name)] = within
        return targets

    def _acknowledged_for(self) -> Millis | None:
        text = self.row.acknowledged_for
        return None if text is None else self._file_report.parse(f"{self.row.id}.acknowledged_for", some_time, text)

    def _match(self) -> Match:
        criteria = {name: self._criterion(name, value) for name, value in self.row.match.items()}
        match = Match(**{name: names for name, names in criteria.items() if names})  # type: ignore[arg-type]  # a StrEnum member equals its text
        for name in sorted(match.priority - set(Priority)):
            self._report("match.priority", f"'{name}' is not a priority")
        for code in sorted(match.service):
            if self._references.services.lacks(code):
                self._report("match.service", f"unknown service '{code}'")
        for code in sorted(match.unit):
            if self._references.units.lacks(code):
                self._report("match.unit", f"unknown unit '{code}'")
        for code in self._references.categories.unknown_in(match.category, match.service):
            self._report("match.category", f"unknown category '{code}'")
        return match

    def _criterion(self, criterion: str, value: Any) -> frozenset[str]:
        names = [value] if isinstance(value, str) else value
        error = _criterion_error(criterion, names)
        if error:
            self._report(f"match.{criterion}", error)
            self.match_is_whole = False
            return frozenset()
        return frozenset(names)


def _criterion_error(criterion: str, names: Any) -> str:
    """Return what is wrong with a criterion of `match`; nothing when it is a list of names."""
    if criterion not in Match.__struct_fields__:
        return "not a side of a match"
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return "must be a name or a list of names"
    return "must not be empty" if not names or "" in names else ""
