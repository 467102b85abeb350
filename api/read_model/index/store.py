"""The incidents as they lie in memory: each a number, its record packed, unpacked only to be looked at."""

from array import array

import lz4.block

from api.read_model.index.entry import IndexEntry, id_in
from ioc.processors import serde


class IncidentStore:
    """Incidents by id and by number. Numbers are small, and given anew once they are free."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._packed: list[bytes] = []
        self._free: list[int] = []
        self.keys: list[bytes] = []
        self.versions = array("q")

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def size(self) -> int:
        """All numbers are below it."""
        return len(self.keys)

    def number(self, id: str) -> int | None:
        """Return the number of an incident; None when it is not known."""
        return self._numbers.get(id)

    def id(self, number: int) -> str:
        """Return the id of a number; an empty one when it is free."""
        return id_in(self.keys[number])

    def card(self, number: int) -> IndexEntry:
        """Unpack an incident."""
        return IndexEntry(serde.decode_incident(lz4.block.decompress(self._packed[number])))

    def put(self, card: IndexEntry, record: bytes) -> int:
        """Lay down an incident in place of what is known of it; return its number."""
        one = card.incident
        number = self._numbers.get(one.id)
        if number is None:
            number = self._numbers[one.id] = self._free.pop() if self._free else self._grown()
        self._packed[number] = lz4.block.compress(record)
        if self.keys[number] != card.key:  # else what is sorted by it keeps it, too
            self.keys[number] = card.key
        self.versions[number] = one.version
        return number

    def _grown(self) -> int:
        self._packed.append(b"")
        self.keys.append(b"")
        self.versions.append(0)
        return len(self._packed) - 1

    def remove(self, id: str) -> None:
        """Forget an incident that is known."""
        number = self._numbers.pop(id)
        self._packed[number] = self.keys[number] = b""
        self._free.append(number)
