"""What the simulated city's stormy day leaves on the topics, in records and bytes; folded here, without Kafka."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from console.publisher import HEADERS
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.times import Instant, parse_instant
from ioc.core.topics import TOPICS, Topic
from ioc.figures.aggregates import WindowSize, decode_key
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.serde import encode
from tests.bench.load.workload import records, size

# The end of the day; the same at every measurement, so that it measures the same.
UNTIL: Instant = parse_instant("2025-10-27T13:00:00Z")
# Events a slice: at a city's pace few come at once. The more there are, the fewer states are written.
SLICE = 10
# What the log adds: to a record (lengths, offset, time), to a batch, and at a transaction's end to each topic.
_RECORD, _BATCH, _MARK = 12, 61, 78

COMPACTED = {spec.name for spec in TOPICS if spec.config["cleanup.policy"] == "compact"}


class TopicFootprint(Struct, frozen=True):
    """Of one topic: records and bytes an event; of a compacted one also the keys and bytes that stay, an event."""

    records: float
    bytes: float
    keys: float = 0.0
    stays: float = 0.0


class Footprint(Struct, frozen=True):
    """What one event leaves on each topic, over a day of one city.

    `incidents` are those of the day an event, `days` the windows of a day an event: both are kept for ever. `sightings`
    is the share of all sightings that the busiest kind of matter has: they all lie on one partition.
    """

    events: int
    observations: int
    incidents: float
    days: float
    sightings: float
    topics: dict[str, TopicFootprint]


class _Count:
    """Counts what is written, and what of it stays once the log is compacted."""

    def __init__(self) -> None:
        self.records: Counter[Topic] = Counter()
        self.bytes: Counter[Topic] = Counter()
        self.last: dict[Topic, dict[bytes, int]] = {}
        self.kinds: Counter[bytes] = Counter()

    def add(self, topic: Topic, key: bytes, value: bytes | None, headers: int = 0) -> None:
        """Count a record."""
        length = len(key) + len(value or b"") + _RECORD + headers
        self.records[topic] += 1
        self.bytes[topic] += length
        left = self.last.setdefault(topic, {})
        if value is None:
            left.pop(key, None)
        else:
            left[key] = length
        if topic is Topic.SIGHTINGS:
            self.kinds[key] += 1


def measure_footprint() -> Footprint:
    """Fold the day and return what it left."""
    count, day = _Count(), list(records(1, UNTIL))
    headers = sum(len(name) + len(text) + 2 for name, text in HEADERS)
    for key, value in day:
        count.add(Topic.EVENTS, key, value, headers)
    processor = IncidentProcessor(0, load_catalogue(hue_folder()), ClockKind.WALL)
    for changes in _folded(processor, day):
        touched = {Topic.POSITIONS} | {sent.topic for sent in changes.outbox}
        for topic, writes in changes.writes(0):
            for one in writes:
                count.add(topic, one.key or b"", one.value)
                touched.add(topic)
        for sent in changes.outbox:
            count.add(sent.topic, sent.key, sent.value, headers)
        count.add(Topic.POSITIONS, b"0", encode(changes.position))
        count.bytes.update(dict.fromkeys(touched, _BATCH + _MARK))
    return _footprint(count, len(day))


def _folded(processor: IncidentProcessor, day: Iterable[tuple[bytes, bytes]]) -> Iterator[IncidentChangeSet]:
    """Yield what each slice changes; what the fold sends back to the way in comes with the next."""
    waiting = [Outgoing(Topic.EVENTS, key, value) for key, value in day][::-1]
    offset = 0
    while waiting:
        taken = [waiting.pop() for _ in range(min(SLICE, len(waiting)))]
        slice_ = [Record(offset + n, UNTIL, one.key, one.value, one.headers) for n, one in enumerate(taken)]
        offset += len(slice_)
        yield (changes := processor.fold(slice_))
        processor.apply(changes)
        waiting += [one for one in changes.outbox if one.topic is Topic.EVENTS]
    while not (changes := processor.tick(UNTIL, SLICE)).empty:
        yield changes
        processor.apply(changes)


def _footprint(count: _Count, events: int) -> Footprint:
    day_windows = sum(decode_key(key)[1].span is WindowSize.DAY for key in count.last[Topic.AGGREGATES])
    topics = {
        str(topic): TopicFootprint(
            records / events,
            count.bytes[topic] / events,
            len(count.last[topic]) / events if topic in COMPACTED else 0.0,
            sum(count.last[topic].values()) / events if topic in COMPACTED else 0.0,
        )
        for topic, records in sorted(count.records.items())
    }
    return Footprint(
        events=events,
        observations=size(Topic.INDICATORS),
        incidents=len(count.last[Topic.INCIDENTS]) / events,
        days=day_windows / events,
        sightings=max(count.kinds.values()) / count.records[Topic.SIGHTINGS],
        topics=topics,
    )
