"""Reports of a blackout around the middle of the city, and the candidates of them."""

from math import cos, radians

from ioc.catalogue.duplicate_policy import DuplicateAction
from ioc.core.records import Record
from ioc.core.times import HOUR, Instant
from ioc.duplicates.candidates import Candidate, encode_candidate
from tests.unit.processor_pair import ProcessorPair
from tests.unit.samples import at

T = at("2026-09-28 14:00")
LAT, LON = 16.4637, 107.5909
DEGREE_M = 111_195.0


def off(north: float, east: float = 0.0) -> dict[str, float]:
    """Return the place so many metres from the middle of the city."""
    return {"lat": LAT + north / DEGREE_M, "lon": LON + east / DEGREE_M / cos(radians(LAT))}


def centre(*reports: tuple[str, Instant, dict[str, object]]) -> ProcessorPair:
    made = ProcessorPair()
    for subject, time, data in reports:
        made.happen("reported", subject, time, **data)
        made.deliver_all()
    return made


def candidate_record(offset: int, subject: str, time: Instant, north: float, east: float = 0.0) -> Record:
    candidate = Candidate(
        incident=f"field-reports:{subject}",
        sequence=1,
        at=time,
        service="field-reports",
        category="power",
        reported_at=time,
        rule="blackout",
        radius_m=300,
        within=2 * HOUR,
        action=DuplicateAction.MERGE,
        is_query=True,
        **off(north, east),
    )
    return Record(offset, time, candidate.key.encode(), encode_candidate(candidate))
