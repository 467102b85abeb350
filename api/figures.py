"""The figures of the operations centre: what stands open now; the day, the hour and the trend."""

from collections import Counter
from collections.abc import Iterable

from api.card import Card
from api.freshness import freshness
from api.read_model import ReadModel
from api.rows import Json
from api.windows import Windows, added
from ioc.aggregates import Aggregate, Measure, Span, Timing
from ioc.aggregates import Windows as Cut
from ioc.incident import SEVERITIES
from ioc.lifecycle import OPEN, State
from ioc.sketch import ERROR
from ioc.times import HOUR, MINUTE, SECOND, Instant, to_rfc3339

STEP = 15 * MINUTE
STEPS = 96
_UNACKNOWLEDGED = frozenset({State.REPORTED, State.REOPENED})


def figures(model: ReadModel) -> Json:
    """Return all figures, and as of which moment the workers vouch for them."""
    now, fresh = model.now(), freshness(model)
    day = Cut(model.catalogue.zone).day_start(now)
    minute = now - now % MINUTE
    hour = added(model.windows.sum_of(Span.MINUTE, minute - back) for back in range(0, HOUR, MINUTE))
    return {
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "clock": "event" if model.clock.by_events else "wall",
        "speed": round(model.clock.speed, 2),
        "live": live(model.open_cards(), now),
        "today": period(added([model.windows.sum_of(Span.DAY, day)])),
        "last_hour": period(hour),
        "trend": trend(model.windows, now),
    }


def live(cards: Iterable[Card], now: Instant) -> Json:
    """Count the open incidents."""
    totals: Counter[str] = Counter(open=0, overdue=0, due_soon=0, unacknowledged=0, paused=0)
    severities, states = Counter(dict.fromkeys(SEVERITIES, 0)), Counter(dict.fromkeys(sorted(OPEN), 0))
    services: dict[str, Counter[str]] = {}
    wards: dict[str, Counter[str]] = {}
    units: dict[str, Counter[str]] = {}
    for card in cards:
        one = card.incident
        says = {"open": 1, "overdue": int(card.overdue(now))}
        totals.update(says)
        totals["due_soon"] += card.due_soon(now)
        totals["unacknowledged"] += one.state in _UNACKNOWLEDGED
        totals["paused"] += one.state is State.PAUSED
        severities[card.severity] += 1
        states[one.state] += 1
        services.setdefault(one.service, Counter()).update(says)
        if one.unit is not None:
            units.setdefault(one.unit, Counter()).update(says)
        if one.ward is not None:
            wards.setdefault(one.ward, Counter()).update(says, critical=int(card.severity == SEVERITIES[-1]))
    groups = {"by_service": services, "by_ward": wards, "by_unit": units}
    return {**totals, "by_severity": severities, "by_state": states, **groups}


def period(sums: Aggregate) -> Json:
    """Return the figures of one stretch of time."""
    on_time, late, resolved = (sums.count(m) for m in (Measure.ON_TIME, Measure.LATE, Measure.RESOLVED))
    return {
        "received": sums.count(Measure.RECEIVED),
        "resolved": resolved,
        "on_time": on_time,
        "late": late,
        "on_time_rate": rate(on_time, on_time + late),
        "satisfaction_rate": rate(resolved - sums.count(Measure.NOT_GOOD), resolved),
        "reopened": sums.count(Measure.REOPENED),
        "escalated": sums.count(Measure.ESCALATED),
        "handling": timing(sums, Timing.HANDLING),
        "acknowledge": timing(sums, Timing.ACKNOWLEDGE),
    }


def rate(part: int, whole: int) -> float | None:
    """Return the share of the whole; None of nothing."""
    return round(part / whole, 6) if whole > 0 else None


def timing(sums: Aggregate, what: Timing) -> Json:
    """Return count, mean and quantiles (s) of a duration."""
    sketch = sums.timings.get(what)
    if sketch is None:
        return {"count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "p99_s": None, "error": ERROR}
    quantiles = {f"p{q}_s": _seconds(sketch.quantile(q / 100)) for q in (50, 90, 99)}
    return {"count": sketch.count, "mean_s": _seconds(sketch.mean), **quantiles, "error": ERROR}


def _seconds(millis: float | None) -> float | None:
    return None if millis is None else round(millis / SECOND, 3)


def trend(windows: Windows, now: Instant) -> Json:
    """Return received and resolved in quarters of an hour; the last step is the one that still runs."""
    start = now - now % STEP - (STEPS - 1) * STEP
    received, resolved = [0] * STEPS, [0] * STEPS
    for minute in range(start, start + STEPS * STEP, MINUTE):
        sums = windows.sum_of(Span.MINUTE, minute)
        if sums is not None:
            step = (minute - start) // STEP
            received[step] += sums.count(Measure.RECEIVED)
            resolved[step] += sums.count(Measure.RESOLVED)
    return {"step_s": STEP // SECOND, "from": to_rfc3339(start), "received": received, "resolved": resolved}
