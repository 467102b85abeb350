"""Reader of shifts.yml: who is on duty when."""

from datetime import time
from itertools import combinations

from msgspec import Struct

from ioc.catalogue.channel import QuietHours
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.time_texts import hours
from ioc.catalogue.shift import Shift
from ioc.core.scalars import Code, Name


class ShiftRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A shift in its file; its hours are a text such as 06:00-14:00."""

    id: Code
    name_vi: Name
    name_en: Name
    hours: Name


def read_shifts(folder: CatalogueFolder) -> tuple[Shift, ...]:
    """Return the shifts; two that overlap are an error: nobody could say who is on duty."""
    document = folder.document("shifts.yml", ["shifts"], is_optional=True)
    shifts = []
    for row in document.rows("shifts", ShiftRow, "id").rows:
        ends = document.report.parse(f"{row.id}.hours", hours, row.hours)
        if ends is not None:
            shifts.append(Shift(row.id, row.name_vi, row.name_en, *ends))
    for first, second in combinations(shifts, 2):
        if _do_overlap(first, second):
            document.report(second.id, f"overlaps with '{first.id}'")
    return tuple(shifts)


def _do_overlap(first: Shift, second: Shift) -> bool:
    if first.start == first.end or second.start == second.end:  # a shift of the whole day leaves no room for another
        return True
    return _contains(first, second.start) or _contains(second, first.start)


def _contains(shift: Shift, at: time) -> bool:
    return QuietHours(shift.start, shift.end).holds(at)
