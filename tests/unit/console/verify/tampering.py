"""Ways to change what was found of a partition of incidents."""

from collections.abc import Callable

from msgspec.structs import replace

from console.verify.snapshot import IncidentSnapshot
from ioc.figures.aggregates import Measure, WindowSize
from ioc.incident.facts import FactKind
from ioc.incident.state import Incident
from tests.unit.console.verify.partition_at_work import ID


def of_kind(found: IncidentSnapshot, kind: FactKind) -> int:
    return next(place for place, fact in enumerate(found.facts) if fact.kind is kind)


def without(kind: FactKind) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        del found.facts[of_kind(found, kind)]

    return change


def invented(kind: FactKind, **changed: object) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        fact = found.facts[of_kind(found, kind)]
        found.facts.append(replace(fact, **{"id": f"{fact.id}9", **changed}))

    return change


def told_otherwise(kind: FactKind, **changed: object) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        place = of_kind(found, kind)
        found.facts[place] = replace(found.facts[place], **changed)

    return change


def counted_once_more(measure: Measure, span: WindowSize) -> Callable[[IncidentSnapshot], None]:
    def change(found: IncidentSnapshot) -> None:
        counts = (window.counts for cell, window in found.windows.items() if cell.span is span)
        next(of for of in counts if measure in of)[measure] += 1

    return change


def in_the_state(change: Callable[[Incident], dict[str, object]]) -> Callable[[IncidentSnapshot], None]:
    return lambda found: found.incidents.update({ID: replace(found.incidents[ID], **change(found.incidents[ID]))})


def setting(name: str, value: Callable[[IncidentSnapshot], object]) -> Callable[[IncidentSnapshot], None]:
    return lambda found: setattr(found, name, value(found))
