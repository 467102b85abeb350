"""Facts, failures, restarts and crashes in any order: each notification is sent under one id, and once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.channel import QuietHours
from ioc.core.scalars import Priority
from ioc.core.times import HOUR, MINUTE, SECOND
from ioc.incident.lifecycle import State
from ioc.notifications.outcomes import schedule_retry
from tests.unit.notifications.planner_harness import HALF_PAST, NOON, PlannerHarness, directed, town, warned
from tests.unit.samples import at

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), st.lists(st.integers(0, 15), min_size=1, max_size=8)),
        st.tuples(st.just("pass"), st.integers(1, 90)),
        st.tuples(
            st.sampled_from(["deliver", "restart", "crash before", "crash between", "fail", "close"]),
            st.integers(0, 15),
        ),
    ),
    min_size=5,
    max_size=60,
)


@given(STEPS, st.sampled_from([1, 3, None]), st.booleans())
def test_nothing_is_told_under_two_ids_nor_twice_but_after_a_crash(
    steps: list[Any], per_minute: Any, quiet: bool
) -> None:
    """Facts in any order and any number of times, restarts and crashes anywhere, failures, quiet hours and limits."""
    hours = {"quiet": (QuietHours(NOON, HALF_PAST),)} if quiet else {}
    harness = PlannerHarness(town(per_minute=per_minute, **hours), too_old=10 * HOUR)
    for number in range(16):
        harness.know(number, priority=Priority.URGENT if number % 5 == 0 else Priority.NORMAL)
    now, crashed, heard = at("2026-04-14 11:50"), set[str](), set[str]()
    for what, value in steps:
        match what:
            case "hear":
                facts = [directed(n, now) if n % 3 == 0 else warned(n, now=now) for n in value]
                heard |= {fact.id for fact in facts}
                harness.receive(*facts, now=now)
            case "pass":
                now += value * SECOND
                harness.pass_time(now)
            case "deliver":
                harness.deliver(now)
            case "fail":
                for members in list(harness.planner.unsent_messages().values())[:1]:
                    harness.write(schedule_retry(members, "timeout", now + SECOND, now))
            case "close":
                harness.know(value, state=State.RESOLVED)
            case "restart":
                harness.restart(now)
            case "crash before":  # planned, and the transaction was never committed
                harness.planner.plan([warned(value, now=now)], now)
                harness.restart(now)
            case "crash between":  # sent, and the outcome never written
                for message, members in list(harness.planner.unsent_messages().items())[:1]:
                    crashed.add(message)
                    harness.sent.append((message, tuple(member.id for member in members)))
                harness.restart(now)
    for _ in range(40):
        now += MINUTE
        harness.pass_time(now)
        harness.deliver(now)
    assert harness.planner.pending == {}, "everything comes to an end"
    assert {one.cause for one in harness.log.values()} == heard
    by_notification: dict[str, set[str]] = {}
    for message, members in harness.sent:
        for member in members:
            by_notification.setdefault(member, set()).add(message)
    assert all(len(messages) == 1 for messages in by_notification.values()), "told under one id only"
    assert len(dict(harness.sent)) == len(set(harness.sent)), "always the same members"
    again = {message for message, _ in harness.sent if [m for m, _ in harness.sent].count(message) > 1}
    assert again <= crashed, "sent again only where it could not be known"
    for notification, statuses in harness.statuses.items():
        assert harness.log[notification].is_final
        assert all(status not in {"sent", "bundled", "suppressed", "failed"} for status in statuses[:-1]), statuses
