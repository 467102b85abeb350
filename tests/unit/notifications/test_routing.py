"""Who is told of a fact, through which channel and how urgently."""

from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from ioc.core.scalars import Priority, TargetName
from ioc.decider.decide import decide
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.incident.summary import Summary
from ioc.notifications.notification import Occasion, digest
from ioc.notifications.routing import OCCASIONS, new_notifications, recipients, trigger_of
from ioc.processors.serde import decode_summary, encode
from tests.unit.samples import CITY, at, event

NOW = at("2026-04-14 09:00")
ONE = Summary(
    "field-reports:1", State.REPORTED, "field-reports", unit="hepco", ward="19753", source="/hue/field-reports"
)


def fact(kind: str, **more: Any) -> Fact:
    return Fact(
        f"{ONE.id}/{kind}", FactKind(kind), ONE.id, NOW, NOW, **{"service": "field-reports", "unit": "hepco", **more}
    )


@dataclass
class RoutingCase:
    kind: str
    more: dict[str, Any]
    expected: list[tuple[str, str]]


CITY_ = replace(
    CITY, routes={"hepco": ("message",), "ubnd-tp": ("message", "screen"), "cong-an-tp": ("call",), "ioc": ("screen",)}
)


@pytest.mark.parametrize(
    "case",
    [
        RoutingCase("warned", {"target": "resolve"}, [("hepco", "message")]),
        RoutingCase("warned", {"unit": None}, [("hepco", "message")]),
        RoutingCase("warned", {"unit": "bo-doi-bien-phong"}, [("bo-doi-bien-phong", "screen")]),
        RoutingCase(
            "escalated",
            {"recipient": "ubnd-tp", "channel": "call", "target": "resolve", "level": 2},
            [("ubnd-tp", "call"), ("ubnd-tp", "message"), ("ubnd-tp", "screen")],
        ),
        RoutingCase("escalated", {"level": 1}, [("hepco", "message")]),
        RoutingCase("escalated", {"level": 1, "recipient": "csgt"}, [("csgt", "call")]),
        RoutingCase("directed", {"units": ("csgt", "hepco")}, [("csgt", "call"), ("hepco", "message")]),
        RoutingCase("urgent", {"units": ("csgt", "hepco")}, [("csgt", "call"), ("hepco", "message")]),
        RoutingCase("urgent", {}, [("hepco", "message")]),
        RoutingCase("involved", {"units": ("csgt",)}, [("csgt", "call")]),
        RoutingCase("lowered", {"units": ("csgt",)}, [("csgt", "call")]),
        RoutingCase("returned", {}, [("hepco", "message")]),
    ],
    ids=lambda case: f"{case.kind}-{case.more}",
)
def test_who_is_told_and_how(case: RoutingCase) -> None:
    assert recipients(fact(case.kind, **case.more), ONE, CITY_) == case.expected


@pytest.mark.parametrize("kind", [kind for kind, occasion in OCCASIONS.items() if occasion is not None])
def test_no_notification_is_without_a_recipient(kind: FactKind) -> None:
    assert recipients(fact(kind), ONE, CITY_) == [("hepco", "message")]


def test_while_nobody_has_a_matter_the_unit_that_answers_for_its_service_is_told() -> None:
    nobodys = replace(ONE, unit=None)
    assert recipients(fact("warned", unit=None), nobodys, CITY_) == [("ioc", "screen")]


def test_people_who_escalate_to_a_level_tell_whom_the_ladder_names_for_it() -> None:
    rule = next(rule for rule in CITY.rules.by_id.values() if rule.escalation_steps)
    step = rule.escalation_steps[0]
    told = recipients(fact("escalated", level=step.level), replace(ONE, rule=rule.id), CITY)
    assert told[0] == (step.unit, step.channel)


@pytest.mark.parametrize("kind", [kind for kind in FactKind if OCCASIONS[kind] is None])
def test_nobody_is_told_of_other_facts(kind: FactKind) -> None:
    assert trigger_of(fact(kind)) is None


@pytest.mark.parametrize(
    ("kind", "target", "ordered"),
    [
        ("directed", None, True),
        ("escalated", None, True),
        ("escalated", "resolve", False),
        ("warned", "resolve", False),
    ],
)
def test_what_people_order_is_told_apart_from_what_the_clock_says(kind: str, target: Any, ordered: bool) -> None:
    cause = trigger_of(fact(kind, target=target))
    assert cause is not None
    assert cause.ordered is ordered


@pytest.mark.parametrize(
    ("kind", "priority", "urgent"),
    [
        ("warned", Priority.NORMAL, False),
        ("warned", Priority.URGENT, True),
        ("urgent", Priority.NORMAL, True),
        ("lowered", Priority.NORMAL, True),
    ],
)
def test_what_concerns_an_urgent_matter_is_urgent(kind: str, priority: Priority, urgent: bool) -> None:
    cause, one = trigger_of(fact(kind)), replace(ONE, priority=priority)
    assert cause is not None
    (made,) = new_notifications(cause, [("hepco", "message")], one, NOW)
    assert made.urgent is urgent


def test_an_id_is_made_of_cause_unit_and_channel_alone() -> None:
    cause = trigger_of(fact("warned", target=TargetName.RESOLVE))
    assert cause is not None
    pairs = [("hepco", "message"), ("hepco", "call"), ("csgt", "call")]
    first, again = (list(new_notifications(cause, pairs, one, now)) for one, now in ((ONE, NOW), (None, NOW + 5)))
    assert [one.id for one in first] == [one.id for one in again]
    assert len({one.id for one in first}) == 3
    assert first[0].occasion is Occasion.WARNED
    assert digest("a", "b") != digest("ab")


def test_of_a_directive_who_gave_it_hears_what_is_not_done_and_the_ladder_is_the_clocks() -> None:
    def of(kind: str, **more: Any) -> Fact:
        return fact(kind, unit="csgt", directive="d1", **more)

    late = of("breached", recipient="ubnd-tp")
    cause = trigger_of(late)
    assert cause is not None
    assert (cause.occasion, cause.about, cause.ordered) == (Occasion.NOT_DONE, "csgt", False)
    assert recipients(late, ONE, CITY_) == [("ubnd-tp", "message"), ("ubnd-tp", "screen")]
    assert trigger_of(of("breached")) is None, "nobody gave it"
    higher = trigger_of(of("escalated", recipient="ubnd-tp", channel="call", level=1))
    assert higher is not None
    assert (higher.ordered, higher.about) == (False, "csgt")
    assert recipients(of("warned"), ONE, CITY_) == [("csgt", "call")]


def test_people_who_escalate_to_somebody_have_that_somebody_told() -> None:
    reported = decide(None, event("reported", NOW), NOW, CITY).state
    raised = decide(reported, event("escalated", NOW + 1, level=2, to="so-xay-dung"), NOW + 1, CITY)
    (told,) = (one for one in raised.facts if one.kind is FactKind.ESCALATED)
    assert recipients(told, ONE, CITY) == [("so-xay-dung", "message")]


def test_a_summary_is_read_from_the_very_record_of_the_incident() -> None:
    state = decide(None, event("reported", NOW, title="Cây đổ", ward="19753", priority="urgent"), NOW, CITY).state
    assert isinstance(state, Incident)
    read = decode_summary(encode(state))
    for name in Summary.__struct_fields__:
        if hasattr(state, name):
            assert getattr(read, name) == getattr(state, name), name
    assert read.is_urgent
    assert read.is_open
