"""How fast each producer may send: events a second, and a burst of some seconds' worth of them."""

from collections import OrderedDict

# Seconds' worth of events that may come at once.
BURST = 10.0
# Producers that are remembered; a forgotten one begins with a full burst.
REMEMBERED = 10_000


class ProducerRateLimit:
    """The rate limit of each producer, by the generic cell rate algorithm. Times are seconds of a steady clock.

    A `rate` of 0 lets everything pass. A batch passes as a whole once its first event may; the wait comes after it.
    """

    def __init__(self, rate: float = 0) -> None:
        self._rate = rate
        self._paid_until: OrderedDict[str, float] = OrderedDict()

    def wait(self, producer: str, events: int, now: float) -> float:
        """Let events in and return 0, or let none in and return how many seconds the producer has to wait."""
        if not self._rate:
            return 0.0
        paid_until = max(now, self._paid_until.pop(producer, now))
        excess = paid_until - now - BURST
        self._paid_until[producer] = paid_until if excess > 0 else paid_until + events / self._rate
        while len(self._paid_until) > REMEMBERED:
            self._paid_until.popitem(last=False)
        return max(0.0, excess)
