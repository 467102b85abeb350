"""States at rest: the very bytes that were written of them, decoded only when looked at.

Bytes take a third of the memory, nothing walks them in search of garbage, and putting back a million of them decodes
none. The latest that were looked at are kept decoded, too: what has just changed often changes again.
"""

from collections.abc import Callable, ItemsView, Iterator, Mapping
from typing import TypeVar

State = TypeVar("State")

KEPT_DECODED = 512


class StateStore(Mapping[str, State]):
    """The states of a partition by their ids. Nobody may change a state he was given: it may be given again."""

    def __init__(self, decode: Callable[[bytes], State], kept_decoded: int = KEPT_DECODED) -> None:
        self._decode = decode
        self._encoded: dict[str, bytes] = {}
        # Two generations: a new one that is full becomes the old one, and what was not asked for meanwhile is gone.
        self._new: dict[str, State] = {}
        self._old: dict[str, State] = {}
        self._most = kept_decoded

    def __len__(self) -> int:
        return len(self._encoded)

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __contains__(self, id: object) -> bool:
        return id in self._encoded

    def __getitem__(self, id: str) -> State:
        found = self._new.get(id)
        if found is None:
            found = self._old.get(id)
            if found is None:
                found = self._decode(self._encoded[id])
            self._remember(id, found)
        return found

    def find(self, id: str) -> State | None:
        """Return a state, or None when there is none: most of what is new is asked for, and raises nothing."""
        return self[id] if id in self._encoded else None

    def encoded(self) -> ItemsView[str, bytes]:
        """Return all ids and the bytes of their states."""
        return self._encoded.items()

    def put(self, id: str, encoded: bytes | None, state: State | None = None) -> None:
        """Keep the bytes of a state, and the state itself at hand when given; None lets go of it."""
        if encoded is not None:
            self._encoded[id] = encoded
        else:
            self._encoded.pop(id, None)
        if state is not None:
            self._remember(id, state)
        else:
            self._new.pop(id, None)
            self._old.pop(id, None)

    def _remember(self, id: str, state: State) -> None:
        if len(self._new) >= self._most:
            self._old, self._new = self._new, {}
        self._new[id] = state
