"""The figures of the operations centre: what stands open now, the shift, the day, the hour and the trend."""

from collections.abc import Mapping

from api.http.json import Json
from api.read_model.aggregate_store import AggregateStore
from api.read_model.freshness import freshness
from api.read_model.index.counters import COUNT_NAMES, Counts, LiveCounters
from api.read_model.read_model import ReadModel
from ioc.core.times import HOUR, MINUTE, SECOND, Instant, to_rfc3339
from ioc.figures import formulas
from ioc.figures.aggregates import LocalDays, Measure, WindowSize
from ioc.figures.sums import Sums
from ioc.incident.lifecycle import OPEN
from ioc.incident.severity import SEVERITIES

STEP = 15 * MINUTE
STEPS = 96
# A group of one is the incident itself, and a screen shows at most this many groups.
MIN_GROUP_SIZE = 2
MAX_GROUPS = 20
# How far ahead deadlines are counted.
AHEAD = {"1h": HOUR, "24h": 24 * HOUR}


def figures(model: ReadModel) -> Json:
    """Return all figures, and as of which instant the workers vouch for them."""
    now = model.now()
    return {
        **freshness(model).fields,
        "clock": "event" if model.clock.by_events else "wall",
        "speed": round(model.clock.speed, 2),
        "live": live(model.counters()),
        "today": formulas.figures_of(recent(model, LocalDays(model.catalogue.zone).day_start(now), now)),
        "last_hour": formulas.figures_of(recent(model, now - now % MINUTE - HOUR + MINUTE, now)),
        "shift": _shift(model, now),
        "trend": trend(model.aggregates, now),
        "groups": model.groups(MIN_GROUP_SIZE)[:MAX_GROUPS],
    }


def _shift(model: ReadModel, now: Instant) -> Json | None:
    shift = model.catalogue.shift_at(now)
    if shift is None:
        return None
    return {
        "id": shift.id,
        "name_vi": shift.name_vi,
        "name_en": shift.name_en,
        "from": to_rfc3339(shift.start),
        "to": to_rfc3339(shift.end),
        "figures": formulas.figures_of(recent(model, shift.start, now)),
    }


def recent(model: ReadModel, start: Instant, now: Instant) -> Sums:
    """Return the sums from an instant within the last days until now, the running minute included."""
    sums = Sums(model.catalogue.baselines)
    if start == LocalDays(model.catalogue.zone).day_start(now):
        _add(sums, model.aggregates, WindowSize.DAY, start)
    else:
        for minute in range(start, now + 1, MINUTE):
            _add(sums, model.aggregates, WindowSize.MINUTE, minute)
    sums.add_standing(Measure.OPEN, model.counters().all["open"])
    sums.add_standing(Measure.OVERDUE, model.counters().all["overdue_solutions"])
    return sums


def _add(sums: Sums, aggregates: AggregateStore, size: WindowSize, start: Instant) -> None:
    for service, aggregate in aggregates.sums_of(size, start).items():
        sums.add_window(service, aggregate)


def live(counters: LiveCounters) -> Json:
    """Return the counts of all open incidents, in total and by service, unit and ward."""
    total = counters.all
    return {
        **{name: total[name] for name in COUNT_NAMES if name != "critical"},  # that is in `by_severity`
        "due_within": {name: counters.due_within(within) for name, within in AHEAD.items()},
        "by_severity": {severity: counters.by_severity[severity] for severity in SEVERITIES},
        "by_state": {state: counters.by_state[state] for state in sorted(OPEN)},
        "by_service": _groups(counters.by_dimension["service"]),
        "by_ward": _groups(counters.by_dimension["ward"], critical=True),
        "by_unit": _groups(counters.by_dimension["unit"]),
    }


def _groups(counts: Mapping[str, Counts], critical: bool = False) -> dict[str, dict[str, int]]:
    names = ("open", "overdue", *(["critical"] if critical else []))
    return {code: {name: group[name] for name in names} for code, group in counts.items() if group["open"]}


def trend(aggregates: AggregateStore, now: Instant) -> Json:
    """Return how many were received and resolved in each quarter of an hour; the last one is still running."""
    start = now - now % STEP - (STEPS - 1) * STEP
    received, resolved = [0] * STEPS, [0] * STEPS
    for minute in range(start, start + STEPS * STEP, MINUTE):
        step = (minute - start) // STEP
        for aggregate in aggregates.sums_of(WindowSize.MINUTE, minute).values():
            received[step] += aggregate.count(Measure.RECEIVED)
            resolved[step] += aggregate.count(Measure.RESOLVED)
    return {"step_s": STEP // SECOND, "from": to_rfc3339(start), "received": received, "resolved": resolved}
