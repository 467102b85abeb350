"""rules.yml: by when incidents are dealt with, and who is told when they are not."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from msgspec import Struct

from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.catalogue.reading.calendars import CalendarRow
from ioc.catalogue.reading.channels import ChannelRow
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.ladders import Ladders, RungRow
from ioc.catalogue.reading.reading import Document, Folder, Listed
from ioc.catalogue.reading.services import Categories, ServiceRow
from ioc.catalogue.reading.texts import some_time
from ioc.catalogue.sla_policy import Match, OnPriority, OnReopen, RuleBook, SlaRule, ties
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name, Priority, TargetName
from ioc.core.times import Millis

_NAMED = 5  # of the rules that one ties with


class RuleRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as its file gives it; a side of `match` is one name or several."""

    id: Code
    calendar: Code
    targets: dict[str, Name] = {}
    match: dict[str, Any] = {}
    warn: float | None = None
    ladder: tuple[RungRow, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED
    acknowledged_for: Name | None = None
    involve: tuple[Code, ...] = ()


class DirectivesRow(Struct, frozen=True, forbid_unknown_fields=True):
    """How directives are watched, as the file gives it."""

    warn: float | None = None
    ladder: tuple[RungRow, ...] = ()


class Known(NamedTuple):
    """What rules may name."""

    services: Listed[ServiceRow]
    units: Listed[Unit]
    calendars: Listed[CalendarRow]
    channels: Listed[ChannelRow]
    categories: Categories


def read_rules(folder: Folder, known: Known) -> tuple[RuleBook, DirectivePolicy]:
    """Return the rules, and how directives are watched; two rules that one incident could fit are a fault of both."""
    document = folder.document("rules.yml", ["rules"], ["directives"])
    rows = document.rows("rules", RuleRow, "id")
    ladders = Ladders(known.units, known.channels, document.tell)
    makers = [_Maker(row, known, ladders, document.tell) for row in rows.rows]
    rules = [maker.rule() for maker in makers]
    comparable = (maker.row.id not in rows.faulty and maker.match_is_whole for maker in makers)
    _tell_ties([rule for rule, sure in zip(rules, comparable, strict=True) if sure], document.tell)
    return RuleBook(tuple(rules)), _directives(document, ladders)


def _directives(document: Document, ladders: Ladders) -> DirectivePolicy:
    row = document.section("directives", DirectivesRow) or DirectivesRow()
    _tell_no_share("directives.warn", row.warn, document.tell)
    for index, rung in enumerate(row.ladder):
        if rung.repeat is not None:
            document.tell(f"directives.ladder.{index}.repeat", "the ladder of directives does not repeat")
    return DirectivePolicy(row.warn, ladders.ladder("directives", row.ladder, always_open=True))


def _tell_no_share(where: str, warn: float | None, tell: Tell) -> None:
    if warn is not None and not 0 < warn < 1:
        tell(where, "the warning must be a share between 0 and 1")


def _tell_ties(rules: Sequence[SlaRule], tell: Tell) -> None:
    tied = ((one, other) for one, other in ties(rules) if one != other)
    for one, pairs in groupby(tied, key=lambda pair: pair[0]):
        others = [f"'{other}'" for _, other in pairs]
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        tell(one, f"ties with {', '.join(others[:_NAMED])}{more}: an incident can fit both equally well")


class _Maker:
    """Makes a rule of its row, and tells what is wrong with it."""

    def __init__(self, row: RuleRow, known: Known, ladders: Ladders, tell: Tell) -> None:
        self.row = row
        self._known = known
        self._ladders = ladders
        self.match_is_whole = True
        self._tell_file = tell

    def rule(self) -> SlaRule:
        row = self.row
        if self._known.calendars.lacks(row.calendar):
            self._tell("calendar", f"unknown calendar '{row.calendar}'")
        _tell_no_share(f"{row.id}.warn", row.warn, self._tell_file)
        for unit in dict.fromkeys(row.involve):
            if self._known.units.lacks(unit):
                self._tell("involve", f"unknown unit '{unit}'")
            if row.involve.count(unit) > 1:
                self._tell("involve", f"'{unit}' is there twice")
        always_open = any(calendar.always for calendar in self._known.calendars.rows if calendar.id == row.calendar)
        match, targets, ladder = self._match(), self._targets(), self._ladders.ladder(row.id, row.ladder, always_open)
        policies = (row.on_reopen, row.on_priority, self._acknowledged_for())
        return SlaRule(row.id, match, row.calendar, targets, row.warn, ladder, *policies, row.involve)

    def _tell(self, where: str, what: str) -> None:
        self._tell_file(f"{self.row.id}.{where}", what)

    def _targets(self) -> dict[TargetName, Millis]:
        if not self.row.targets:
            self._tell("targets", "a rule needs at least one")
        targets: dict[TargetName, Millis] = {}
        for name, text in self.row.targets.items():
            within = self._tell_file.read(f"{self.row.id}.targets.{name}", some_time, text)
            if name not in set(TargetName):
                self._tell(f"targets.{name}", "not a target")
            elif within is not None:
                targets[TargetName(name)] = within
        return targets

    def _acknowledged_for(self) -> Millis | None:
        text = self.row.acknowledged_for
        return None if text is None else self._tell_file.read(f"{self.row.id}.acknowledged_for", some_time, text)

    def _match(self) -> Match:
        sides = {side: names for side, found in self.row.match.items() if (names := self._side(side, found))}
        match = Match(**sides)  # type: ignore[arg-type]  # a StrEnum member equals its text
        for name in sorted(match.priority - set(Priority)):
            self._tell("match.priority", f"'{name}' is not a priority")
        for code in sorted(match.service):
            if self._known.services.lacks(code):
                self._tell("match.service", f"unknown service '{code}'")
        for code in sorted(match.unit):
            if self._known.units.lacks(code):
                self._tell("match.unit", f"unknown unit '{code}'")
        for code in self._known.categories.lacking(match.category, match.service):
            self._tell("match.category", f"unknown category '{code}'")
        return match

    def _side(self, side: str, found: Any) -> frozenset[str]:
        names = [found] if isinstance(found, str) else found
        fault = ""
        if side not in Match.__struct_fields__:
            fault = "not a side of a match"
        elif not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            fault = "must be a name or a list of names"
        elif not names or "" in names:
            fault = "must not be empty"
        if fault:
            self._tell(f"match.{side}", fault)
            self.match_is_whole = False
            return frozenset()
        return frozenset(names)
