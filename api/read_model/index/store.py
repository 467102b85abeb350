"""The incidents in memory: each has a number, and its record is compressed until somebody looks at it."""

from array import array

import lz4.block

from api.read_model.index.entry import IndexEntry
from api.read_model.index.work_order import id_of_key
from ioc.processors import serde


class IncidentStore:
    """Incidents by id and by number. Numbers are small, and reused once they are free."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._compressed: list[bytes] = []
        self._free: list[int] = []
        self.keys: list[bytes] = []
        self.versions = array("q")

    def __len__(self) -> int:
        return len(self._numbers)

    def number_of(self, incident_id: str) -> int | None:
        """Return the number of an incident; None when it is not stored."""
        return self._numbers.get(incident_id)

    def id_of(self, number: int) -> str:
        """Return the id of a number; an empty one when the number is free."""
        return id_of_key(self.keys[number])

    def entry(self, number: int) -> IndexEntry:
        """Decompress an incident."""
        return IndexEntry(serde.decode_incident(lz4.block.decompress(self._compressed[number])))

    def put(self, entry: IndexEntry, record: bytes) -> int:
        """Store an incident, or replace the stored one of its id; return its number."""
        incident = entry.incident
        number = self._numbers.get(incident.id)
        if number is None:
            number = self._numbers[incident.id] = self._free.pop() if self._free else self._new_number()
        self._compressed[number] = lz4.block.compress(record)
        if self.keys[number] != entry.key:  # an equal key is kept: the sorted index holds the same object
            self.keys[number] = entry.key
        self.versions[number] = incident.version
        return number

    def _new_number(self) -> int:
        self._compressed.append(b"")
        self.keys.append(b"")
        self.versions.append(0)
        return len(self._compressed) - 1

    def remove(self, incident_id: str) -> None:
        """Forget an incident that is stored."""
        number = self._numbers.pop(incident_id)
        self._compressed[number] = self.keys[number] = b""
        self._free.append(number)
