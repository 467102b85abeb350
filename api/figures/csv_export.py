"""The figures of a period as a table."""

import csv
import io

from api.http.json import Json
from ioc.figures.formulas import columns


def as_csv(told: Json) -> str:
    """Return the figures as CSV: a row for each group and one, named `*`, for all; times in seconds."""
    known = list(columns())
    rows = {**told["groups"], "*": told["total"]}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([told["by"] or "all", *(column.name for column in known)])
    for code, figures in rows.items():
        values = (column.find(figures) for column in known)
        table.writerow([code, *("" if value is None else value for value in values)])
    return out.getvalue()
