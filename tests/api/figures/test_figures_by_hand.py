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


def model_of(processor: IncidentProcessor, now: Instant) -> ReadModel:
    """Return the read model after all that the processor would have written."""
    model = ReadModel(CITY, lambda: now)
    for incident_id, incident in processor.incidents.items():
        apply_record(model, Topic.INCIDENTS, incident_id.encode(), serde.encode(incident))
    for cell, window in processor.aggregates.items():
        apply_record(model, Topic.AGGREGATES, encode_key(0, cell), serde.encode(window))
    return model


def count_by_hand(incident: Incident, period: Period) -> Counter[str]:
    """Count what came about in a period, from the history alone."""
    counts: Counter[str] = Counter()
    accepted = [entry for entry in incident.history if entry.refused is None]
    reports = [entry for entry in accepted if entry.event_type is EventType.REPORTED]
    if not reports:
        return counts
    ending, open_at_end = None, reports[0].time < period.end
    for entry in accepted:
        if entry.event_type in ENDINGS:
            ending = entry
            open_at_end &= entry.time >= period.end
        elif entry.event_type in (EventType.REOPENED, EventType.UNMERGED):
            ending = None
            open_at_end |= entry.time < period.end
            counts["reopened"] += entry.event_type is EventType.REOPENED and period.start <= entry.time < period.end
        elif entry.event_type is EventType.ESCALATED:
            counts["raised"] += period.start <= entry.time < period.end
    counts["open"] += open_at_end
    counts["received"] += period.start <= reports[0].time < period.end
    if ending is not None and period.start <= ending.time < period.end:
        counts["closed"] += 1
        counts[ending.event_type] += 1
        if ending.event_type is EventType.RESOLVED:
            counts["on_time" if ending.on_time else "late"] += 1
            counts["handling_count"] += 1
            counts["handling_ms"] += max(0, ending.time - reports[0].time)
    return counts


def comparable(figures: dict[str, Any]) -> dict[str, float]:
    handling = figures["handling"]
    names = ("received", "closed", *ENDINGS, "on_time", "late", "reopened", "raised")
    seconds = round((handling["mean_s"] or 0) * handling["count"])
    timed = {"handling_count": handling["count"], "handling_s": seconds}
    return {name: figures[name] for name in names} | {"open": figures["standing"]["open"], **timed}


def sum_of(incidents: list[Incident], period: Period) -> dict[str, float]:
    counts = sum((count_by_hand(incident, period) for incident in incidents), Counter[str]())
    names = ("received", "closed", *ENDINGS, "on_time", "late", "reopened", "raised", "open", "handling_count")
    return {name: counts[name] for name in names} | {"handling_s": round(counts["handling_ms"] / SECOND)}


@given(LOGS, st.sampled_from(ClockKind), st.integers(0, 6), st.integers(1, 7))
async def test_a_period_tells_what_counting_by_hand_tells(
    log: list[Record], clock: ClockKind, first: int, days: int
) -> None:
    processor = processor_of(log, clock)
    processor.apply(processor.tick(LATER, 1000))
    incidents = list(processor.incidents.values())
    period = Period(FIRST_DAY + first * DAY, FIRST_DAY + (first + days) * DAY)
    sums = (await period_sums(model_of(processor, LATER), period, FigureScope())).total
    assert comparable(formulas.figures_of(sums)) == sum_of(incidents, period)


@given(LOGS, st.integers(0, 60), st.integers(1, 71))
async def test_by_the_minute_too_while_minutes_are_kept(log: list[Record], back: int, hours: int) -> None:
    """In any order, with duplicates, and with a restart between any two events."""
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    for record in log:
        again = IncidentProcessor(0, CITY, ClockKind.WALL)
        again.incidents, again.aggregates, again.position = (
            processor.incidents,
            processor.aggregates,
            processor.position,
        )
        again.build_indexes()
        again.apply(again.fold([record]))
        processor = again
    now = processor.position.clock - processor.position.clock % MINUTE
    start = max(now - 3 * DAY + HOUR, now - (back + hours) * HOUR)
    period = Period(start, max(start + MINUTE, now - back * HOUR))
    sums = (await period_sums(model_of(processor, now), period, FigureScope())).total
    assert comparable(formulas.figures_of(sums)) == sum_of(list(processor.incidents.values()), period)
