"""Reader of duplicates.yml: which reports are duplicates."""

from typing import Annotated

from msgspec import Meta, Struct

from ioc.catalogue.duplicate_policy import MAX_RADIUS_M, DuplicateAction, DuplicatePolicy, DuplicateRule
from ioc.catalogue.reading.categories import Categories
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.documents.time_texts import some_time
from ioc.catalogue.reading.services import ServiceRow
from ioc.core.scalars import Code, Name
from ioc.core.times import DAY, HOUR, Millis

# An incident is compared with new reports for so long after its latest one.
LONGEST_WINDOW = 30 * DAY


class DuplicateRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule in its file."""

    id: Code
    service: Code
    radius_m: Annotated[float, Meta(ge=1, le=MAX_RADIUS_M)]
    within: Name
    action: DuplicateAction = DuplicateAction.MERGE
    categories: tuple[Code, ...] = ()


def read_duplicates(
    folder: CatalogueFolder, services: NamedRows[ServiceRow], categories: Categories
) -> DuplicatePolicy:
    """Return the rules; of two for the same reports the later one is an error."""
    document = folder.document("duplicates.yml", ["duplicates"], is_optional=True)
    rows = document.rows("duplicates", DuplicateRow, "id")
    owners: dict[tuple[str, str], str] = {}  # the rule of each service and category
    rules = []
    for row in rows.rows:
        if services.lacks(row.service):
            document.report(f"{row.id}.service", f"unknown service '{row.service}'")
        for code in categories.unknown_in(frozenset(row.categories), frozenset({row.service})):
            document.report(f"{row.id}.categories", f"unknown category '{code}'")
        if row.id not in rows.faulty:
            _report_ties(row, owners, document.report)
        within = document.report.parse(f"{row.id}.within", _window, row.within) or HOUR
        categories_of_rule = frozenset(row.categories)
        rules.append(DuplicateRule(row.id, row.service, row.radius_m, within, row.action, categories_of_rule))
    return DuplicatePolicy(rules)


def _report_ties(row: DuplicateRow, owners: dict[tuple[str, str], str], report: ErrorReport) -> None:
    for category in dict.fromkeys(row.categories or ("",)):
        owner = owners.setdefault((row.service, category), row.id)
        if owner != row.id:
            reports = f"reports of '{row.service}'" + (f" and '{category}'" if category else "")
            report(row.id, f"ties with '{owner}': both are for {reports}")
        if row.categories.count(category) > 1:
            report(f"{row.id}.categories", f"'{category}' is there twice")


def _window(text: str) -> Millis:
    within = some_time(text)
    if within > LONGEST_WINDOW:
        raise ValueError("longer than thirty days")
    return within
