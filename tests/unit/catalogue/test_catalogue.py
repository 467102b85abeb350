"""The catalogue that is shipped is whole, and what a catalogue tells of its city is so."""

from datetime import time

import pytest
from msgspec.structs import replace

from ioc.catalogue.channel import Channel, ChannelKind, QuietHours
from ioc.catalogue.service import Online
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import DAY, HOUR, MINUTE
from tests.unit.samples import CITY


def test_the_shipped_city_is_whole() -> None:
    inside = [service for service in CITY.services.values() if not service.external]
    assert len(inside) == 14
    assert [code for code, service in CITY.services.items() if service.external] == ["imported"]
    assert len(CITY.wards) == 40
    assert all(service.unit in CITY.units and service.categories for service in inside)
    assert CITY.zone == "Asia/Ho_Chi_Minh"
    assert CITY.services["flood-rain"].cadence == 30 * MINUTE
    assert {service.online for service in inside} == set(Online)


def test_every_ward_lies_in_hue_and_has_a_committee() -> None:
    committees = {unit.name.removeprefix("UBND ").lower() for unit in CITY.units.values() if unit.kind == "ward"}
    for ward in CITY.wards.values():
        assert len(ward.code) == 5
        assert ward.name.lower() in committees
        assert 15.9 < ward.lat < 16.9
        assert 107.0 < ward.lon < 108.4
        assert ward.area_km2 > 0


def test_every_city_service_has_a_rule_and_another_round_the_clock_when_urgent() -> None:
    for service in CITY.services.values():
        normal, urgent = (
            CITY.rules.rule_for(service.code, None, priority, service.code, service.unit)
            for priority in (Priority.NORMAL, Priority.URGENT)
        )
        if service.external:
            assert normal is urgent is None
            continue
        assert normal is not None
        assert urgent is not None
        assert urgent.calendar == "247"
        assert TargetName.RESOLVE in normal.targets
    field_reports = CITY.rules.by_id["field-reports"]
    assert field_reports.targets == {"acknowledge": HOUR, "assign": 2 * HOUR, "resolve": 16 * HOUR}


def test_urgent_is_never_slower_than_normal() -> None:
    """Urgent runs round the clock, so the same number of hours in office time is never sooner."""
    for service in CITY.services.values():
        for category in (None, *(one.code for one in service.categories)):
            normal, urgent = (
                CITY.rules.rule_for(service.code, category, priority, service.code, service.unit)
                for priority in (Priority.NORMAL, Priority.URGENT)
            )
            if normal is not None and urgent is not None:
                slower = [name for name, within in normal.targets.items() if urgent.targets[name] > within]
                assert slower == [], (service.code, category)


def test_the_ladders_say_it_once_and_count_working_time() -> None:
    steps = [step for rule in CITY.rules.rules for step in rule.escalation_steps]
    assert steps
    assert {(step.waits_in, step.repeat) for step in steps} == {("working", None)}
    assert {step.channel for step in steps} == {"screen", "message", "call"} == CITY.channels.keys()


def test_the_shipped_procedures_are_online_in_part_or_in_full() -> None:
    assert {procedure.online for procedure in CITY.procedures.values()} == {Online.PARTIAL, Online.FULL}
    assert CITY.procedures["EX-001"].target == 7.5 * HOUR
    assert CITY.procedures["EX-006"].target is None


def test_a_baseline_says_where_it_is_from() -> None:
    before = CITY.baselines["field-reports"]
    assert (before.handling, before.measured_in) == (5 * DAY, "wall")
    assert all("EXAMPLE" in baseline.source for baseline in CITY.baselines.values())


@pytest.mark.parametrize(
    ("unit", "channels"),
    [
        ("ioc", ("screen", "message", "call")),
        ("csgt", ("message", "call")),  # its parent's
        ("tt-hanh-chinh-cong", ("message",)),  # its parent's parent's
        ("hepco", ()),  # nobody is above it
        ("nobody", ()),
    ],
)
def test_a_unit_is_told_as_its_parent_is_when_it_has_no_route(unit: str, channels: tuple[str, ...]) -> None:
    assert CITY.channels_of(unit) == channels


def test_a_route_of_its_own_wins_over_the_parents() -> None:
    assert replace(CITY, routes={**CITY.routes, "csgt": ("call",)}).channels_of("csgt") == ("call",)


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        (("22:00", "06:00"), "21:59", False),
        (("22:00", "06:00"), "22:00", True),
        (("22:00", "06:00"), "00:00", True),
        (("22:00", "06:00"), "05:59", True),
        (("22:00", "06:00"), "06:00", False),
        (("12:00", "13:30"), "11:59", False),
        (("12:00", "13:30"), "12:00", True),
        (("12:00", "13:30"), "13:30", False),
        (("22:00", "00:00"), "23:59", True),
        (("22:00", "00:00"), "00:00", False),
        (("00:00", "06:00"), "00:00", True),
    ],
)
def test_quiet_hours(hours: tuple[str, str], at: str, quiet: bool) -> None:
    start, end = (time.fromisoformat(one) for one in hours)
    channel = Channel("message", ChannelKind.APPRISE, quiet=(QuietHours(start, end), QuietHours(time(18), time(19))))
    assert channel.is_quiet(time.fromisoformat(at)) is quiet
    assert channel.is_quiet(time(18, 30))


def test_a_channels_secret_comes_from_the_environment() -> None:
    channel = Channel("chat", ChannelKind.APPRISE, "tgram://${IOC_TOKEN}/$IOC_ROOM")
    assert channel.address({"IOC_TOKEN": "t", "IOC_ROOM": "r"}) == "tgram://t/r"
    with pytest.raises(KeyError, match="IOC_ROOM"):
        channel.address({"IOC_TOKEN": "t"})
