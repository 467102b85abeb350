"""The official documents of a day: received, and answered by a document that is signed and sent."""

from collections.abc import Iterator
from random import Random

from console.simulate.planned_records import PlannedRecord, Subject, office_record
from console.simulate.scene import DocumentOffice, Scene
from ioc.catalogue.calendar import Calendar
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.office_records.records import Act

# The service whose register units keep their documents in; the share of answers that is signed on paper alone.
SERVICE = "public-service-monitoring"
_UNSIGNED_SHARE = 0.02


def document_records(
    scene: Scene, hours: Calendar, midnight: Instant, day: str, chance: Random
) -> Iterator[PlannedRecord]:
    """Yield the records of the documents that come on a day, which begins at `midnight` (ms)."""
    for number, post in enumerate(scene.document_offices, 1):
        if hours.between(midnight, midnight + 24 * HOUR):
            for letter in range(round(chance.gauss(post.a_day, post.a_day / 6))):
                subject = Subject(SERVICE, f"VB{number}-{day}-{letter + 1:04d}")
                yield from _letter(post, subject, hours, midnight, chance)


def _letter(
    post: DocumentOffice, subject: Subject, hours: Calendar, midnight: Instant, chance: Random
) -> Iterator[PlannedRecord]:
    about = {"service": SERVICE, "unit": post.unit}
    received = hours.add(midnight, chance.randint(5, 420) * MINUTE)
    signed = hours.add(received, round(chance.lognormvariate(0, 0.8) * 2 * HOUR))
    yield office_record(subject, Act.RECEIVED, received, **about)
    if chance.random() >= _UNSIGNED_SHARE:
        yield office_record(subject, Act.SIGNED, signed, **about)
    yield office_record(subject, Act.SENT, hours.add(signed, chance.randint(2, 30) * MINUTE), **about)
