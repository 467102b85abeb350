"""How fast each producer may send: so many events a second, and some seconds' worth of them at once."""

from collections import OrderedDict

# Seconds' worth that may come at once.
BURST = 10.0
# So many producers are remembered; one that was forgotten begins with a full burst.
REMEMBERED = 10_000


class Pace:
    """For each producer until when its events use up what it may send. Times are seconds of a steady clock.

    A `rate` of 0 lets everything pass. A batch is let in whole once any of it may, and is waited off afterwards.
    """

    def __init__(self, rate: float = 0) -> None:
        self._rate = rate
        self._used_until: OrderedDict[str, float] = OrderedDict()

    def wait(self, producer: str, events: int, now: float) -> float:
        """Let so many events in and return 0, or return how many seconds the producer has to wait."""
        if not self._rate:
            return 0.0
        used = max(now, self._used_until.pop(producer, now))
        over = used - now - BURST
        self._used_until[producer] = used if over > 0 else used + events / self._rate
        while len(self._used_until) > REMEMBERED:
            self._used_until.popitem(last=False)
        return max(0.0, over)
