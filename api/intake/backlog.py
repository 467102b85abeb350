"""What came in over HTTP and is not yet safe with the broker: bounded, so that an absent broker fills no memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from msgspec import Struct


class BacklogPolicy(Struct, frozen=True):
    """No more is let in beyond `most_bytes`, or once the oldest has waited `patience` seconds for the broker."""

    most_bytes: int = 64 * 1024 * 1024
    patience: float = 2.0


class Backlog:
    """How many bytes are held, and how long each sending has waited. Times are seconds of a steady clock."""

    def __init__(self, policy: BacklogPolicy | None = None) -> None:
        self.policy = policy or BacklogPolicy()
        self.bytes = 0
        self._waiting: dict[int, float] = {}
        self._numbers = count()

    def is_full(self, now: float) -> bool:
        """True when no more may come in: too much is held, or the broker has not answered for too long."""
        oldest = next(iter(self._waiting.values()), now)
        return self.bytes > self.policy.most_bytes or now - oldest > self.policy.patience

    @contextmanager
    def in_hand(self) -> Iterator[Callable[[int], None]]:
        """Yield a function that adds bytes to what is held; all of them are released when the context ends."""
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
        """Note that bytes were sent to the broker; return the function to call once they wait no longer."""
        number = next(self._numbers)
        self._waiting[number] = now
        self.bytes += size

        def release() -> None:
            del self._waiting[number]
            self.bytes -= size

        return release
