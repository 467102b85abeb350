"""duplicates.yml: which reports are one matter."""

from typing import Annotated

from msgspec import Meta, Struct

from ioc.catalogue.duplicate_policy import WIDEST, Action, DuplicateRule, DuplicateRules
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Folder, Listed
from ioc.catalogue.reading.services import Categories, ServiceRow
from ioc.catalogue.reading.texts import some_time
from ioc.core.scalars import Code, Name
from ioc.core.times import DAY, HOUR, Millis

# A matter is remembered for so long after its latest report.
LONGEST_WINDOW = 30 * DAY


class DuplicateRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as its file gives it."""

    id: Code
    service: Code
    radius_m: Annotated[float, Meta(ge=1, le=WIDEST)]
    within: Name
    action: Action = Action.MERGE
    categories: tuple[Code, ...] = ()


def read_duplicates(folder: Folder, services: Listed[ServiceRow], categories: Categories) -> DuplicateRules:
    """Return the rules; two for the same reports are a fault of the later one."""
    document = folder.document("duplicates.yml", ["duplicates"], optional=True)
    rows = document.rows("duplicates", DuplicateRow, "id")
    taken: dict[tuple[str, str], str] = {}
    rules = []
    for row in rows.rows:
        if services.lacks(row.service):
            document.tell(f"{row.id}.service", f"unknown service '{row.service}'")
        for code in categories.lacking(frozenset(row.categories), frozenset({row.service})):
            document.tell(f"{row.id}.categories", f"unknown category '{code}'")
        if row.id not in rows.faulty:
            _tell_ties(row, taken, document.tell)
        within = document.tell.read(f"{row.id}.within", _window, row.within) or HOUR
        named = frozenset(row.categories)
        rules.append(DuplicateRule(row.id, row.service, row.radius_m, within, row.action, named))
    return DuplicateRules(rules)


def _tell_ties(row: DuplicateRow, taken: dict[tuple[str, str], str], tell: Tell) -> None:
    for category in dict.fromkeys(row.categories or ("",)):
        other = taken.setdefault((row.service, category), row.id)
        if other != row.id:
            reports = f"reports of '{row.service}'" + (f" and '{category}'" if category else "")
            tell(row.id, f"ties with '{other}': both are for {reports}")
        if row.categories.count(category) > 1:
            tell(f"{row.id}.categories", f"'{category}' is there twice")


def _window(text: str) -> Millis:
    within = some_time(text)
    if within > LONGEST_WINDOW:
        raise ValueError("longer than thirty days")
    return within
