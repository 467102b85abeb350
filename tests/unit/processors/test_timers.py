"""The timers, against a plain table that is searched from end to end."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ioc.core.times import Instant
from ioc.processors.timers import Timer, Timers

NAMES = st.sampled_from("abcdefgh")
MOMENTS = st.integers(0, 20)


class TimersAgainstATable(RuleBasedStateMachine):
    """Whatever is set, moved, cancelled and taken, both say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.timers = Timers()
        self.table: dict[str, Instant] = {}

    @rule(name=NAMES, moment=MOMENTS)
    def set(self, name: str, moment: Instant) -> None:
        self.timers.set(name, moment)
        self.table[name] = moment

    @rule(name=NAMES)
    def cancel(self, name: str) -> None:
        self.timers.set(name, None)
        self.table.pop(name, None)

    @rule(now=MOMENTS)
    def take(self, now: Instant) -> None:
        due = sorted(Timer(moment, name) for name, moment in self.table.items() if moment <= now)
        timer = self.timers.take(now)
        assert timer == (due[0] if due else None)
        if timer is not None:
            del self.table[timer.key]

    @invariant()
    def they_agree(self) -> None:
        assert len(self.timers) == len(self.table)
        assert self.timers.soonest() == min(self.table.values(), default=None)


TestTimersAgainstATable = TimersAgainstATable.TestCase


@given(st.lists(st.tuples(NAMES, MOMENTS)))
def test_all_are_taken_once_the_soonest_first(settings: list[tuple[str, Instant]]) -> None:
    timers = Timers()
    for name, moment in settings:
        timers.set(name, moment)
    fired = []
    while (timer := timers.take(20)) is not None:
        fired.append(timer)
    assert fired == sorted(Timer(moment, name) for name, moment in dict(settings).items())


@given(st.permutations(range(8)))
def test_the_order_of_setting_does_not_matter(order: list[int]) -> None:
    timers = Timers()
    for number in order:
        timers.set(str(number), number // 2)
    assert [timers.take(9) for _ in order] == [Timer(number // 2, str(number)) for number in range(8)]


def test_a_timer_is_due_at_its_own_instant_and_not_before() -> None:
    timers = Timers()
    timers.set("a", 10)
    assert timers.take(9) is None
    assert timers.take(10) == Timer(10, "a")
    assert timers.take(10) is None


def test_one_set_to_the_same_instant_again_after_a_move_is_taken_once() -> None:
    timers = Timers()
    for moment in (5, 7, 5):
        timers.set("a", moment)
    assert timers.take(9) == Timer(5, "a")
    assert timers.take(9) is None


def test_cancelling_what_is_not_set_is_nothing() -> None:
    timers = Timers()
    timers.set("a", None)
    assert len(timers) == 0
    assert timers.soonest() is None


def test_deadlines_that_move_for_ever_do_not_fill_the_memory() -> None:
    timers = Timers()
    quiet = [Timer(50_000 + number * 37 % 100, f"quiet {number}") for number in range(100)]
    for timer in quiet:
        timers.set(timer.key, timer.at)
    for moment in range(20_000):
        timers.set("restless", moment)
    assert len(timers._heap) < 2_000
    assert [timers.take(100_000) for _ in range(102)] == [Timer(19_999, "restless"), *sorted(quiet), None]


def test_of_thousands_that_are_set_moved_and_cancelled_each_is_taken_at_its_turn() -> None:
    random = Random(5)
    table = {f"{number}": random.randrange(100_000) for number in range(5_000)}
    timers, now = Timers(table.items()), 0
    while table:
        now += random.randrange(2_000)
        for name in random.sample(sorted(table), len(table) // 5):
            table[name] = now + random.randrange(100_000 // len(table) + 1) * 40
            timers.set(name, table[name])
        for name in random.sample(sorted(table), len(table) // 20):
            timers.set(name, None)
            del table[name]
        due = sorted(Timer(at, name) for name, at in table.items() if at <= now)
        assert [timers.take(now) for _ in due] == due
        assert timers.take(now) is None
        for timer in due:
            del table[timer.key]
        assert (len(timers), timers.soonest()) == (len(table), min(table.values(), default=None))


def test_most_timers_wait_unsorted() -> None:
    timers = Timers((f"{number}", number) for number in range(10_000))
    assert (timers.soonest(), len(timers)) == (0, 10_000)
    assert len(timers._heap) < 2_000
