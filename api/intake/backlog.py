"""What has come in over HTTP and is not yet safe with the broker: bounded, so that a broker away fills no memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from msgspec import Struct


class BacklogPolicy(Struct, frozen=True):
    """`most_bytes` may be in hand, and the oldest may wait `patience` seconds before no more is let in."""

    most_bytes: int = 64 * 1024 * 1024
    patience: float = 2.0


class Backlog:
    """How much is in hand, and since when each piece waits for the broker. Times are seconds of a steady clock."""

    def __init__(self, policy: BacklogPolicy | None = None) -> None:
        self.policy = policy or BacklogPolicy()
        self.bytes = 0
        self._waiting: dict[int, float] = {}
        self._numbers = count()

    def is_full(self, now: float) -> bool:
        """True when nothing more may come in: too much is in hand, or the broker has not answered for too long."""
        oldest = next(iter(self._waiting.values()), now)
        return self.bytes > self.policy.most_bytes or now - oldest > self.policy.patience

    @contextmanager
    def in_hand(self) -> Iterator[Callable[[int], None]]:
        """Give the function that takes so many bytes more into hand, until the context ends."""
        held = 0

        def hold(size: int) -> None:
            nonlocal held
            held += size
            self.bytes += size

        try:
            yield hold
        finally:
            self.bytes -= held

    def send(self, size: int, now: float) -> Callable[[], None]:
        """Note that so many bytes went out to the broker; return what is to be called once they wait no longer."""
        number = next(self._numbers)
        self._waiting[number] = now
        self.bytes += size

        def settle() -> None:
            del self._waiting[number]
            self.bytes -= size

        return settle
