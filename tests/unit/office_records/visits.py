"""A visit to a counter as its ticket tells it, for the tests of the registers."""

from ioc.core.records import Record
from ioc.core.times import Instant
from ioc.figures.aggregates import Aggregate, WindowSize
from ioc.office_records.records import Act
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import at, booking_record, windows

NOW = at("2026-04-14 08:00")


def day(processor: IncidentProcessor) -> Aggregate:
    """Return the sum of all day windows."""
    total = Aggregate()
    for cell, window in windows(processor).items():
        if cell.span is WindowSize.DAY:
            total.merge(window)
    return total


def a_visit(subject: str, came: Instant, waited: int, served: int) -> list[Record]:
    called = came + waited
    moments = {Act.ISSUED: came, Act.CALLED: called, Act.SERVED: called + served}
    return [booking_record(act, time, subject=subject) for act, time in moments.items()]
