"""What stands open now, of some incidents and by service, unit or ward."""

from collections.abc import Iterator

from api.card import Card
from api.freshness import freshness
from api.periods import Scope
from api.read_model import ReadModel
from api.rows import Json
from api.tally import Tally
from ioc.contributions import who
from ioc.incident import SEVERITIES
from ioc.lifecycle import State
from ioc.times import SECOND, Instant, Millis, to_rfc3339


def standing_now(model: ReadModel, scope: Scope, within: Millis) -> Json:
    """Return what stands open now; `within` ms ahead is looked for deadlines."""
    now, fresh = model.now(), freshness(model)
    total, groups = Tally(), dict[str, Tally]()
    for card in _wanted(model, scope):
        total.add(card)
        for code in scope.groups(who(card.incident), model.catalogue):
            groups.setdefault(code, Tally()).add(card)
    return {
        "now": to_rfc3339(now),
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "within_s": within // SECOND,
        "by": scope.by,
        "total": _told(total, now, within),
        "groups": {code: _told(groups[code], now, within) for code in sorted(groups)},
    }


def _wanted(model: ReadModel, scope: Scope) -> Iterator[Card]:
    return (card for card in model.open_cards() if scope.holds(who(card.incident), model.catalogue))


def _told(tally: Tally, now: Instant, within: Millis) -> Json:
    return {
        "open": tally.open,
        "overdue": tally.overdue(now),
        "overdue_solutions": tally.overdue_solutions(now),
        "due_soon": tally.due_soon(now),
        "due_within": tally.due_within(now, within),
        "unacknowledged": tally.unacknowledged,
        "paused": tally.states[State.PAUSED],
        "critical": tally.severities[SEVERITIES[-1]],
    }
