"""The live counts of a scope: what stands open now, in total and by service, unit or ward."""

from collections import Counter

from api.figures.scope import FigureScope
from api.http.json import Json
from api.read_model.freshness import freshness
from api.read_model.index.counters import COUNT_NAMES, OpenCellKey
from api.read_model.read_model import ReadModel
from ioc.core.scalars import FigureKey
from ioc.core.times import SECOND, Millis, to_rfc3339

_NAMES = (*COUNT_NAMES, "due_within")


def open_now(model: ReadModel, scope: FigureScope, within: Millis) -> Json:
    """Return what stands open now; `due_within` counts the deadlines at most `within` ms ahead."""
    now, counters = model.now(), model.counters()
    total, groups = Counter[str](), dict[str, Counter[str]]()
    for cell_key, cell in counters.cells.items():
        key = _figure_key(cell_key)
        if cell.counts["open"] and scope.includes(key, model.catalogue):
            counts = {**cell.counts, "due_within": counters.due_within(within, cell)}
            codes = scope.groups(key, model.catalogue)
            for sums in (total, *(groups.setdefault(code, Counter()) for code in codes)):
                sums.update(counts)
    return {
        "now": to_rfc3339(now),
        **freshness(model).fields,
        "within_s": within // SECOND,
        "by": scope.by,
        "total": _in_order(total),
        "groups": {code: _in_order(groups[code]) for code in sorted(groups)},
    }


def _figure_key(cell_key: OpenCellKey) -> FigureKey:
    service, unit, ward = cell_key
    return service, unit or "", ward or ""


def _in_order(counts: Counter[str]) -> Json:
    return {name: counts[name] for name in _NAMES}
