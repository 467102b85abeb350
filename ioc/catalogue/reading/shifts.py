"""shifts.yml: who is on duty when."""

from itertools import combinations

from msgspec import Struct

from ioc.catalogue.channel import Quiet
from ioc.catalogue.reading.reading import Folder
from ioc.catalogue.reading.texts import hours
from ioc.catalogue.shift import Shift
from ioc.core.scalars import Code, Name


class ShiftRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A shift as its file gives it; its hours are a text such as 06:00-14:00."""

    id: Code
    name_vi: Name
    name_en: Name
    hours: Name


def read_shifts(folder: Folder) -> tuple[Shift, ...]:
    """Return the shifts; two that overlap, so that nobody could say who is on duty, are a fault."""
    document = folder.document("shifts.yml", ["shifts"], optional=True)
    shifts = []
    for row in document.rows("shifts", ShiftRow, "id").rows:
        read = document.tell.read(f"{row.id}.hours", hours, row.hours)
        if read is not None:
            shifts.append(Shift(row.id, row.name_vi, row.name_en, *read))
    for one, other in combinations(shifts, 2):
        if _overlap(one, other):
            document.tell(other.id, f"overlaps with '{one.id}'")
    return tuple(shifts)


def _overlap(one: Shift, other: Shift) -> bool:
    if one.start == one.end or other.start == other.end:  # the whole day leaves no room for another
        return True
    return Quiet(one.start, one.end).holds(other.start) or Quiet(other.start, other.end).holds(one.start)
