"""The figures of a period as a table."""

import csv
import io

from api.http.json import Json
from ioc.figures.formulas import columns


def to_csv(figures: Json) -> str:
    """Return the figures of a period as CSV: a row a group and one, named `*`, for the total; times in seconds."""
    figure_columns = list(columns())
    rows = {**figures["groups"], "*": figures["total"]}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([figures["by"] or "all", *(column.name for column in figure_columns)])
    for code, row in rows.items():
        values = (column.find(row) for column in figure_columns)
        table.writerow([code, *("" if value is None else value for value in values)])
    return out.getvalue()
