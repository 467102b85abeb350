"""The figures of a period against counting by hand: the histories of the incidents, one by one."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.figures.period_sums import period_sums
from api.figures.periods import Period
from api.figures.scope import FigureScope
from api.read_model.read_model import ReadModel
from api.read_model.records import apply_record
from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, SECOND, Instant
from ioc.core.topics import Topic
from ioc.figures import formulas
from ioc.figures.aggregates import encode_key
from ioc.incident.lifecycle import EventType
from ioc.incident.state import Incident
from ioc.processors import serde
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, FIRST_DAY, LATER, LOGS, processor_of

ENDINGS = {EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED}


def model_of(shard: IncidentProcessor, now: Instant) -> ReadModel:
    """Return the read model after all that the shard would have written."""
    model = ReadModel(CITY, lambda: now)
    for id, incident in shard.incidents.items():
        apply_record(model, Topic.INCIDENTS, id.encode(), serde.encode(incident))
    for cell, window in shard.aggregates.items():
        apply_record(model, Topic.AGGREGATES, encode_key(0, cell), serde.encode(window))
    return model


def counted(incident: Incident, period: Period) -> Counter[str]:
    """Count what came about in a period, from the history alone."""
    told: Counter[str] = Counter()
    accepted = [entry for entry in incident.history if entry.refused is None]
    reports = [entry for entry in accepted if entry.event_type is EventType.REPORTED]
    if not reports:
        return told
    ending, open_at_end = None, reports[0].time < period.end
    for entry in accepted:
        if entry.event_type in ENDINGS:
            ending = entry
            open_at_end &= entry.time >= period.end
        elif entry.event_type in (EventType.REOPENED, EventType.UNMERGED):
            ending = None
            open_at_end |= entry.time < period.end
            told["reopened"] += entry.event_type is EventType.REOPENED and period.start <= entry.time < period.end
        elif entry.event_type is EventType.ESCALATED:
            told["raised"] += period.start <= entry.time < period.end
    told["open"] += open_at_end
    told["received"] += period.start <= reports[0].time < period.end
    if ending is not None and period.start <= ending.time < period.end:
        told["closed"] += 1
        told[ending.event_type] += 1
        if ending.event_type is EventType.RESOLVED:
            told["on_time" if ending.on_time else "late"] += 1
            told["handling_count"] += 1
            told["handling_ms"] += max(0, ending.time - reports[0].time)
    return told


def shown(figures: dict[str, Any]) -> dict[str, float]:
    handling = figures["handling"]
    names = ("received", "closed", *ENDINGS, "on_time", "late", "reopened", "raised")
    seconds = round((handling["mean_s"] or 0) * handling["count"])
    timed = {"handling_count": handling["count"], "handling_s": seconds}
    return {name: figures[name] for name in names} | {"open": figures["standing"]["open"], **timed}


def sum_of(incidents: list[Incident], period: Period) -> dict[str, float]:
    told = sum((counted(one, period) for one in incidents), Counter[str]())
    names = ("received", "closed", *ENDINGS, "on_time", "late", "reopened", "raised", "open", "handling_count")
    return {name: told[name] for name in names} | {"handling_s": round(told["handling_ms"] / SECOND)}


@given(LOGS, st.sampled_from(ClockKind), st.integers(0, 6), st.integers(1, 7))
async def test_a_period_tells_what_counting_by_hand_tells(
    log: list[Record], clock: ClockKind, first: int, days: int
) -> None:
    shard = processor_of(log, clock)
    shard.apply(shard.tick(LATER, 1000))
    incidents = list(shard.incidents.values())
    period = Period(FIRST_DAY + first * DAY, FIRST_DAY + (first + days) * DAY)
    found = (await period_sums(model_of(shard, LATER), period, FigureScope())).total
    assert shown(formulas.figures_of(found)) == sum_of(incidents, period)


@given(LOGS, st.integers(0, 60), st.integers(1, 71))
async def test_by_the_minute_too_while_minutes_are_kept(log: list[Record], back: int, hours: int) -> None:
    """In any order, with duplicates, and with a restart between any two events."""
    shard = IncidentProcessor(0, CITY, ClockKind.WALL)
    for one in log:
        again = IncidentProcessor(0, CITY, ClockKind.WALL)
        again.incidents, again.aggregates, again.position = shard.incidents, shard.aggregates, shard.position
        again.build_indexes()
        again.apply(again.fold([one]))
        shard = again
    now = shard.position.clock - shard.position.clock % MINUTE
    start = max(now - 3 * DAY + HOUR, now - (back + hours) * HOUR)
    period = Period(start, max(start + MINUTE, now - back * HOUR))
    found = (await period_sums(model_of(shard, now), period, FigureScope())).total
    assert shown(formulas.figures_of(found)) == sum_of(list(shard.incidents.values()), period)
