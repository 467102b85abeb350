"""States at rest: the very bytes that were written to the log, decoded only when they are read.

Bytes take a third of the memory, the garbage collector does not walk them, and restoring a million of them decodes
none. The states read last are cached decoded as well: what has just changed often changes again.
"""

from collections.abc import Callable, ItemsView, Iterator, Mapping
from typing import TypeVar

StoredT = TypeVar("StoredT")

CACHE_SIZE = 512


class StateStore(Mapping[str, StoredT]):
    """The states of a partition by their ids. Callers must not change a state they get: it may be given again."""

    def __init__(self, decode: Callable[[bytes], StoredT], cache_size: int = CACHE_SIZE) -> None:
        self._decode = decode
        self._encoded: dict[str, bytes] = {}
        # Two generations: a full new one becomes the old one, and what was not read in the meantime is dropped.
        self._new: dict[str, StoredT] = {}
        self._old: dict[str, StoredT] = {}
        self._cache_size = cache_size

    def __len__(self) -> int:
        return len(self._encoded)

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __contains__(self, key: object) -> bool:
        return key in self._encoded

    def __getitem__(self, key: str) -> StoredT:
        state = self._new.get(key)
        if state is None:
            state = self._old.get(key)
            if state is None:
                state = self._decode(self._encoded[key])
            self._cache(key, state)
        return state

    def find(self, key: str) -> StoredT | None:
        """Return a state, or None when there is none. Most lookups are of new ids: this raises nothing for them."""
        return self[key] if key in self._encoded else None

    def encoded(self) -> ItemsView[str, bytes]:
        """Return all ids with the bytes of their states."""
        return self._encoded.items()

    def put(self, key: str, encoded: bytes | None, state: StoredT | None = None) -> None:
        """Store the bytes of a state, and cache the state when it is given; None instead of bytes removes it."""
        if encoded is not None:
            self._encoded[key] = encoded
        else:
            self._encoded.pop(key, None)
        if state is not None:
            self._cache(key, state)
        else:
            self._new.pop(key, None)
            self._old.pop(key, None)

    def _cache(self, key: str, state: StoredT) -> None:
        if len(self._new) >= self._cache_size:
            self._old, self._new = self._new, {}
        self._new[key] = state
