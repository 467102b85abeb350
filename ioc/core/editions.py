"""Which editions of the catalogue a partition was folded by, each from which record on."""

from msgspec import Struct
from msgspec.structs import replace

# Of the editions of a partition the latest are known: more of them than fall into the time for which events are kept.
KEPT = 100


class Edition(Struct, frozen=True, array_like=True, omit_defaults=True):
    """From offset `first` on, records are folded by this edition. `number` counts the editions of the partition.

    `settled_to` is the last incident settled by it, in the order of ids; None once all are.
    """

    first: int
    edition: str
    number: int = 0
    settled_to: str | None = None

    @property
    def cause(self) -> str:
        """What names this change of the catalogue, and no other of the partition."""
        return f"catalogue/{self.number}/{self.edition}"


Editions = tuple[Edition, ...]


def in_force(known: Editions, edition: str, next: int) -> Editions:
    """Return the editions with the one that is in force from offset `next` on: nothing is settled by a new one yet.

    Of what was folded before editions were kept, none is known: its edition has no name.
    """
    if not known:
        known = (Edition(0, edition if not next else ""),)
    if known[-1].edition == edition:
        return known
    return (*known[1 - KEPT :], Edition(next, edition, known[-1].number + 1, ""))


def settled(known: Editions, to: str | None) -> Editions:
    """Return the editions when incidents are settled by the last of them up to `to`; None when all are."""
    return (*known[:-1], replace(known[-1], settled_to=to))
