"""What waits for the broker is bounded, and so is how fast a producer may send."""

from api.http.auth import Caller
from api.intake.backlog import Backlog, BacklogPolicy
from api.intake.rate_limit import BURST, REMEMBERED, ProducerRateLimit


def test_it_is_full_when_too_much_is_in_hand_or_waits() -> None:
    backlog = Backlog(BacklogPolicy(most_bytes=100))
    with backlog.in_hand() as hold:
        hold(60)
        release = backlog.send(40, now=0.0)
        assert not backlog.is_full(0.0)
        hold(1)
        assert backlog.is_full(0.0)
    assert (backlog.bytes, backlog.is_full(0.0)) == (40, False)
    release()
    assert backlog.bytes == 0


def test_it_is_full_when_the_oldest_waits_too_long_and_no_longer_once_that_is_safe() -> None:
    backlog = Backlog(BacklogPolicy(patience=2.0))
    first, second = backlog.send(1, now=0.0), backlog.send(1, now=1.5)
    assert not backlog.is_full(2.0)
    assert backlog.is_full(2.1)
    first()
    assert not backlog.is_full(2.1)
    second()
    assert not backlog.is_full(100.0)


def test_a_producer_that_sends_faster_than_it_may_waits_and_others_do_not() -> None:
    rate_limit = ProducerRateLimit(rate=10)
    sent = 0
    while not rate_limit.wait("a", 1, now=0.0):
        sent += 1
    assert sent == BURST * 10 + 1
    assert 0 < rate_limit.wait("a", 1, now=0.0) <= 0.1
    assert rate_limit.wait("b", 1, now=0.0) == 0
    assert rate_limit.wait("a", 1, now=0.11) == 0


def test_a_batch_comes_whole_and_is_waited_off() -> None:
    rate_limit = ProducerRateLimit(rate=10)
    assert rate_limit.wait("a", 1000, now=0.0) == 0
    assert rate_limit.wait("a", 1, now=0.0) == 90
    assert rate_limit.wait("a", 1, now=90.0) == 0


def test_without_a_rate_everything_passes_and_who_sends_is_not_remembered_for_ever() -> None:
    assert not any(ProducerRateLimit().wait("a", 1000, now=0.0) for _ in range(1000))
    rate_limit = ProducerRateLimit(rate=1)
    for number in range(REMEMBERED + 1):
        rate_limit.wait(str(number), 100, now=0.0)
    assert rate_limit.wait("0", 1, now=0.0) == 0
    assert rate_limit.wait(str(REMEMBERED), 1, now=0.0) > 0


def test_a_token_speaks_for_the_sources_it_names_and_for_what_is_below_one_with_a_slash() -> None:
    caller = Caller("x", frozenset(), frozenset({"/hue/health", "/hue/cameras/"}))
    assert [caller.may_send(source) for source in ("/hue/health", "/hue/cameras/north")] == [True, True]
    others = ("/hue/health/", "/hue/health2", "/hue/cameras", "/hue", "")
    assert not any(map(caller.may_send, others))
