"""The figures of the operations centre: what stands open now; the shift, the day, the hour and the trend."""

from collections.abc import Mapping

from api.http.json import Json
from api.read_model.aggregate_store import AggregateStore
from api.read_model.freshness import freshness
from api.read_model.index.counters import Counts, LiveCounters
from api.read_model.read_model import ReadModel
from ioc.core.times import HOUR, MINUTE, SECOND, Instant, to_rfc3339
from ioc.figures import formulas
from ioc.figures.aggregates import LocalDays as Cut
from ioc.figures.aggregates import Measure, WindowSize
from ioc.figures.sums import Sums
from ioc.incident.lifecycle import OPEN
from ioc.incident.state import SEVERITIES

STEP = 15 * MINUTE
STEPS = 96
# A group of one is the incident itself, and a screen shows so many groups.
LEAST = 2
GROUPS = 20
# The shortest look ahead that says something: an hour, a day.
AHEAD = {"1h": HOUR, "24h": 24 * HOUR}


def figures(model: ReadModel) -> Json:
    """Return all figures, and as of which moment the workers vouch for them."""
    now, fresh = model.now(), freshness(model)
    shift = model.catalogue.shift_at(now)
    return {
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "clock": "event" if model.clock.by_events else "wall",
        "speed": round(model.clock.speed, 2),
        "live": live(model.tallies()),
        "today": formulas.figures_of(recent(model, Cut(model.catalogue.zone).day_start(now), now)),
        "last_hour": formulas.figures_of(recent(model, now - now % MINUTE - HOUR + MINUTE, now)),
        "shift": None
        if shift is None
        else {
            "id": shift.id,
            "name_vi": shift.name_vi,
            "name_en": shift.name_en,
            "from": to_rfc3339(shift.start),
            "to": to_rfc3339(shift.end),
            "figures": formulas.figures_of(recent(model, shift.start, now)),
        },
        "trend": trend(model.windows, now),
        "groups": model.groups(LEAST)[:GROUPS],
    }


def recent(model: ReadModel, start: Instant, now: Instant) -> Sums:
    """Return the sums of the stretch from a moment of the last days until now, the running minute included."""
    sums = Sums(model.catalogue.baselines)
    cut = Cut(model.catalogue.zone)
    if start == cut.day_start(now):
        _take(sums, model.windows, WindowSize.DAY, start)
    else:
        for minute in range(start, now + 1, MINUTE):
            _take(sums, model.windows, WindowSize.MINUTE, minute)
    sums.add_standing(Measure.OPEN, model.tallies().all["open"])
    sums.add_standing(Measure.OVERDUE, model.tallies().all["overdue_solutions"])
    return sums


def _take(sums: Sums, windows: AggregateStore, span: WindowSize, start: Instant) -> None:
    for service, part in windows.sums_of(span, start).items():
        sums.add_window(service, part)


def live(tallies: LiveCounters) -> Json:
    """Tell the counts of all open incidents, and by service, unit and ward."""
    everywhere = tallies.all
    return {
        "open": everywhere["open"],
        "overdue": everywhere["overdue"],
        "overdue_solutions": everywhere["overdue_solutions"],
        "due_soon": everywhere["due_soon"],
        "due_within": {name: tallies.due_within(within) for name, within in AHEAD.items()},
        "unacknowledged": everywhere["unacknowledged"],
        "paused": everywhere["paused"],
        "by_severity": {severity: tallies.severities[severity] for severity in SEVERITIES},
        "by_state": {state: tallies.states[state] for state in sorted(OPEN)},
        "by_service": _groups(tallies.by["service"]),
        "by_ward": _groups(tallies.by["ward"], critical=True),
        "by_unit": _groups(tallies.by["unit"]),
    }


def _groups(counts: Mapping[str, Counts], critical: bool = False) -> dict[str, dict[str, int]]:
    names = ("open", "overdue", *(["critical"] if critical else []))
    return {code: {name: one[name] for name in names} for code, one in counts.items() if one["open"]}


def trend(windows: AggregateStore, now: Instant) -> Json:
    """Return received and resolved in quarters of an hour; the last step is the one that still runs."""
    start = now - now % STEP - (STEPS - 1) * STEP
    received, resolved = [0] * STEPS, [0] * STEPS
    for minute in range(start, start + STEPS * STEP, MINUTE):
        step = (minute - start) // STEP
        for part in windows.sums_of(WindowSize.MINUTE, minute).values():
            received[step] += part.count(Measure.RECEIVED)
            resolved[step] += part.count(Measure.RESOLVED)
    return {"step_s": STEP // SECOND, "from": to_rfc3339(start), "received": received, "resolved": resolved}
