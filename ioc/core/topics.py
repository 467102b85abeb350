"""The table of the Kafka topics: names, keys, cleanup policies and what each topic holds.

All have the same number of partitions, and a processor writes its states to the partition number it reads.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from ioc.core.exhaustive import total

DAY_MS = 86_400_000


class Topic(StrEnum):
    """The names of the topics."""

    EVENTS = "ioc.events"
    INDICATORS = "ioc.indicators"
    SIGHTINGS = "ioc.sightings"
    INCIDENTS = "ioc.incidents"
    AGGREGATES = "ioc.aggregates"
    FACTS = "ioc.facts"
    POSITIONS = "ioc.positions"
    DEAD_LETTERS = "ioc.dead-letters"
    WORKERS = "ioc.workers"
    NOTIFICATIONS = "ioc.notifications"
    MAINTENANCE = "ioc.maintenance"
    REPORTERS = "ioc.reporters"
    AUDIT = "ioc.audit"
    CATALOGUES = "ioc.catalogues"
    ITEMS = "ioc.items"
    SENSORS = "ioc.sensors"
    MATTERS = "ioc.matters"


class TopicSpec(Struct, frozen=True):
    """How a topic is created: `config` is its configuration at the broker."""

    name: Topic
    key: str
    holds: str
    config: Mapping[str, str]


# A record over 256 KiB is refused. The broker takes far more, so that its dead letter holds the whole record.
MAX_EVENT_BYTES = 256 * 1024
MAX_RECORD_BYTES = 12 * 1024 * 1024
# A dead letter is the record and the reason. `decide` limits how far the state of an incident can grow.
MAX_DEAD_LETTER_BYTES = MAX_RECORD_BYTES + 64 * 1024
MAX_STATE_BYTES = 4 * 1024 * 1024

_LARGE = {"max.message.bytes": str(MAX_STATE_BYTES)}
_COMPACT = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1", "segment.ms": "600000"}


# Longer than the retention of the facts, so that no fact is notified twice; and not for ever.
_NOTIFICATION_LOG = {**_COMPACT, "cleanup.policy": "compact,delete", "retention.ms": str(45 * DAY_MS)}


def _retained(days: int, **config: str) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS), **config}


# The broker's append time is the `now` of every fold: unlike a worker's clock it can be read again from the log.
_INPUT = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(MAX_RECORD_BYTES)}

TOPICS: tuple[TopicSpec, ...] = (
    TopicSpec(Topic.EVENTS, "incident id", "what happened, as CloudEvents; the only way in", _retained(30, **_INPUT)),
    TopicSpec(Topic.INDICATORS, "sensor id", "observations of sensors and services", _retained(7, **_INPUT)),
    TopicSpec(
        Topic.INCIDENTS, "incident id", "the folded incident: live status and state store", {**_COMPACT, **_LARGE}
    ),
    TopicSpec(Topic.AGGREGATES, "partition, window, service, unit, ward", "mergeable handling times", _COMPACT),
    TopicSpec(
        Topic.FACTS, "incident id", "what was decided: due set, breached, escalated, resolved", _retained(30, **_LARGE)
    ),
    TopicSpec(Topic.POSITIONS, "partition", "how far a partition of the events has been folded", _COMPACT),
    TopicSpec(
        Topic.DEAD_LETTERS,
        "key of the refused record",
        "refused records, whole, with the reason as headers",
        _retained(30, **{"max.message.bytes": str(MAX_DEAD_LETTER_BYTES)}),
    ),
    TopicSpec(Topic.WORKERS, "partition", "a heartbeat a second: position, lag, oldest deadline", _COMPACT),
    TopicSpec(
        Topic.NOTIFICATIONS, "notification id", "the ledger: who was told what, by which channel", _NOTIFICATION_LOG
    ),
    TopicSpec(Topic.MAINTENANCE, "window id", "maintenance windows: what nobody is told of, and until when", _COMPACT),
    TopicSpec(Topic.REPORTERS, "incident id", "who reported the incident: for those alone who may see it", _COMPACT),
    TopicSpec(Topic.ITEMS, "register/item id", "tickets, documents and answers to surveys, while they count", _COMPACT),
    TopicSpec(Topic.SENSORS, "sensor id", "what is known of each sensor: last value, level, silence", _COMPACT),
    TopicSpec(
        Topic.SIGHTINGS,
        "service/category",
        "where incidents are, told by their fold, so that reports of one matter find each other",
        _retained(30, **{"message.timestamp.type": "LogAppendTime"}),
    ),
    TopicSpec(Topic.MATTERS, "incident id", "open matters that reports can be the same as", _COMPACT),
    TopicSpec(Topic.AUDIT, "incident id", "who looked at a reporter's identity, and when", _retained(365)),
    TopicSpec(
        Topic.CATALOGUES,
        "edition",
        "the files of every edition of the catalogue that was folded by",
        {**_COMPACT, "max.message.bytes": str(MAX_RECORD_BYTES)},
    ),
)

total({spec.name: spec for spec in TOPICS}, Topic)
