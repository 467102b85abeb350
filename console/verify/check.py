"""The check of one processor's work: the protocol that incidents, duplicates and sensors implement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from console.verify.findings import Findings
from console.verify.inspection import Inspection
from console.verify.own_events import OwnEvents
from console.verify.recompute import EditionOf
from ioc.catalogue.city import Catalogue
from ioc.core.records import Record


@dataclass(frozen=True)
class Terms:
    """What all checks share: the catalogue at hand and its editions, when the topics were read, and the events.

    `events` are those that were folded when all had been read, of every partition; `own_events` learns what each
    processor must have sent.
    """

    catalogue: Catalogue
    edition_of: EditionOf
    inspection: Inspection
    slice_records: int
    events: Sequence[Record]
    own_events: OwnEvents


class Check(Protocol):
    """Checks all partitions of one input topic. The steps are taken by all checks, one step after another."""

    async def begin(self, wait: float) -> None:
        """Wait `wait` seconds at most until the input is folded, and note how far it is. Raises TimeoutError."""

    async def read(self) -> None:
        """Read what the processor wrote, how far it has come meanwhile, and its log."""

    def compare(self, terms: Terms) -> Findings:
        """Compute everything again from the log and compare it. Raises NoSuchEdition."""
