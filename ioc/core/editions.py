"""Which editions of the catalogue a partition was folded by, each from which record on."""

from msgspec import Struct
from msgspec.structs import replace

# The latest editions a partition remembers: more than can follow each other within the retention of the events.
MAX_EDITIONS = 100


class Edition(Struct, frozen=True, array_like=True, omit_defaults=True):
    """From offset `first` on, records are folded by this edition. `number` counts the editions of the partition.

    When an edition comes into force, all incidents are settled by it in the order of their ids. `settled_to` is the
    last one that has been; None once all have been.
    """

    first: int
    edition: str
    number: int = 0
    settled_to: str | None = None

    @property
    def cause(self) -> str:
        """What identifies this change of the catalogue among all changes of the partition."""
        return f"catalogue/{self.number}/{self.edition}"


Editions = tuple[Edition, ...]


def with_edition(editions: Editions, edition: str, next_offset: int) -> Editions:
    """Return the editions with the one in force from `next_offset` on, by which no incident has been settled yet.

    A partition that was folded before editions were recorded gets a first edition without a name.
    """
    if not editions:
        editions = (Edition(0, edition if not next_offset else ""),)
    if editions[-1].edition == edition:
        return editions
    return (*editions[1 - MAX_EDITIONS :], Edition(next_offset, edition, editions[-1].number + 1, ""))


def with_settled(editions: Editions, settled_to: str | None) -> Editions:
    """Return the editions after incidents up to `settled_to` were settled by the last of them; None for all."""
    return (*editions[:-1], replace(editions[-1], settled_to=settled_to))
