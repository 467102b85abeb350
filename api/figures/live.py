"""What stands open now, of some incidents and by service, unit or ward."""

from collections import Counter

from api.figures.periods import Scope
from api.http.json import Json
from api.read_model.freshness import freshness
from api.read_model.index.counters import Names
from api.read_model.read_model import ReadModel
from ioc.core.scalars import FigureKey
from ioc.core.times import SECOND, Millis, to_rfc3339

_NAMES = (
    *("open", "overdue", "overdue_solutions", "due_soon", "due_within"),
    *("unacknowledged", "paused", "critical"),
)


def standing_now(model: ReadModel, scope: Scope, within: Millis) -> Json:
    """Return what stands open now; `within` ms ahead is looked for deadlines."""
    now, fresh, tallies = model.now(), freshness(model), model.tallies()
    total, groups = Counter[str](), dict[str, Counter[str]]()
    for names, part in tallies.parts.items():
        if part.counts["open"] and scope.holds(who := _who(names), model.catalogue):
            codes = scope.groups(who, model.catalogue)
            said = {**part.counts, "due_within": tallies.due_within(within, part)}
            for sums in (total, *(groups.setdefault(code, Counter()) for code in codes)):
                sums.update(said)
    return {
        "now": to_rfc3339(now),
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "within_s": within // SECOND,
        "by": scope.by,
        "total": _told(total),
        "groups": {code: _told(groups[code]) for code in sorted(groups)},
    }


def _who(names: Names) -> FigureKey:
    service, unit, ward = names
    return service, unit or "", ward or ""


def _told(counts: Counter[str]) -> Json:
    return {name: counts[name] for name in _NAMES}
