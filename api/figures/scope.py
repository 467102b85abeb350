"""Which figures are asked for: of which service, unit and ward, and in which groups."""

from collections.abc import Iterator
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import FigureKey


class Dimension(StrEnum):
    """What figures are grouped by."""

    SERVICE = "service"
    UNIT = "unit"
    WARD = "ward"


class FigureScope(Struct, frozen=True):
    """Whose figures are asked for: only those of a service, unit and ward where given, and what they are grouped by.

    `below`: a unit's figures include those of the units below it.
    """

    service: str | None = None
    unit: str | None = None
    ward: str | None = None
    below: bool = False
    by: Dimension | None = None

    def includes(self, key: FigureKey, catalogue: Catalogue) -> bool:
        """True when the figures under a key are asked for."""
        service, unit, ward = key
        if self.unit is not None and self.unit not in self._units(unit, catalogue):
            return False
        return self.service in (None, service) and self.ward in (None, ward)

    def groups(self, key: FigureKey, catalogue: Catalogue) -> Iterator[str]:
        """Yield the codes of the groups that the figures under a key belong to."""
        service, unit, ward = key
        match self.by:
            case None:
                return
            case Dimension.SERVICE:
                yield service
            case Dimension.UNIT:
                yield from self._units(unit, catalogue)
            case Dimension.WARD:
                yield ward
            case _ as never:
                assert_never(never)

    def _units(self, unit: str, catalogue: Catalogue) -> Iterator[str]:
        return catalogue.above(unit) if self.below else iter((unit,))
