"""What stands open now, of some incidents and by service, unit or ward."""

from collections import Counter

from api.card import Card
from api.freshness import freshness
from api.periods import Scope
from api.read_model import ReadModel
from api.rows import Json
from api.tally import UNACKNOWLEDGED
from ioc.figures.aggregates import Who
from ioc.figures.contributions import who
from ioc.incident import SEVERITIES
from ioc.lifecycle import State
from ioc.times import SECOND, Instant, Millis, to_rfc3339

_NAMES = (
    *("open", "overdue", "overdue_solutions", "due_soon", "due_within"),
    *("unacknowledged", "paused", "critical"),
)


def standing_now(model: ReadModel, scope: Scope, within: Millis) -> Json:
    """Return what stands open now; `within` ms ahead is looked for deadlines."""
    now, fresh = model.now(), freshness(model)
    total, groups = Counter[str](), dict[str, Counter[str]]()
    known: dict[Who, list[Counter[str]]] = {}
    for card in model.open_cards():
        names = who(card.incident)
        if names not in known:
            wanted = scope.holds(names, model.catalogue)
            codes = scope.groups(names, model.catalogue) if wanted else ()
            known[names] = [total] * wanted + [groups.setdefault(code, Counter()) for code in codes]
        if known[names]:
            says = _says(card, now, within)
            for counts in known[names]:
                counts.update(says)
    return {
        "now": to_rfc3339(now),
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "within_s": within // SECOND,
        "by": scope.by,
        "total": _told(total),
        "groups": {code: _told(groups[code]) for code in sorted(groups)},
    }


def _says(card: Card, now: Instant, within: Millis) -> list[str]:
    """Return under which names an open incident counts."""
    holds = (
        *(True, card.overdue(now), card.overdue_solution(now), card.due_soon(now), card.due_within(now, within)),
        *(card.incident.state in UNACKNOWLEDGED, card.incident.state is State.PAUSED),
        card.severity == SEVERITIES[-1],
    )
    return [name for name, held in zip(_NAMES, holds, strict=True) if held]


def _told(counts: Counter[str]) -> Json:
    return {name: counts[name] for name in _NAMES}
