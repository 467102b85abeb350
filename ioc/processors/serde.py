"""Serialization of topic records: JSON, with keys in UTF-8. One place, so that writers and readers cannot disagree."""

import msgspec
from msgspec import Struct, field

from ioc.core.records import Position
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate
from ioc.incident.facts import Fact
from ioc.incident.lifecycle import State
from ioc.incident.payloads import Reporter
from ioc.incident.state import Incident
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.notification import Notification
from ioc.office_records.items import Item
from ioc.sensors.state import SensorState


class Heartbeat(Struct, frozen=True, omit_defaults=True):
    """What a worker writes of each partition it owns, once a second.

    `next` is the offset it will fold next, `end` the partition's end as it last saw it; `clock` is the partition's
    clock, `at` the wall clock (both ms); `oldest_due` is when the first timer is due that has not fired. `pending`
    counts incidents whose report has not come. `incidents` counts the states held: incidents, or what the processor of
    another `topic` than the events' holds.
    """

    partition: int
    worker: str
    next: int
    end: int
    clock: Instant
    at: Instant
    clock_kind: str
    incidents: int = 0
    folded: int = 0
    refused: int = 0
    duplicates: int = 0
    pending: int = 0
    oldest_due: Instant | None = None
    topic: Topic = Topic.EVENTS

    @property
    def lag(self) -> int:
        """Records that have come and are not folded yet."""
        return max(0, self.end - self.next)


class IncidentHead(Struct, frozen=True, omit_defaults=True, gc=False):
    """The fields of an incident that are needed of all incidents at once; the rest is not decoded."""

    state: State = State.PENDING
    next_at: Instant | None = None


class ItemHead(Struct, frozen=True, gc=False):
    """The field of an item that is needed of all items at once: the time of its latest booking (ms)."""

    last: Instant


class CatalogueFiles(Struct, frozen=True):
    """The files of one edition of the catalogue, by name."""

    edition: str
    files: dict[str, bytes]


class Look(Struct, frozen=True):
    """A caller was about to be shown the identity of an incident's reporter; `at` is when, by the wall clock (ms)."""

    incident: str
    viewer: str = field(name="who")
    at: Instant


encode = msgspec.json.Encoder().encode
decode_incident = msgspec.json.Decoder(Incident).decode
decode_incident_head = msgspec.json.Decoder(IncidentHead).decode
decode_item = msgspec.json.Decoder(Item).decode
decode_item_head = msgspec.json.Decoder(ItemHead).decode
decode_aggregate = msgspec.json.Decoder(Aggregate).decode
decode_position = msgspec.json.Decoder(Position).decode
decode_fact = msgspec.json.Decoder(Fact).decode
decode_reporter = msgspec.json.Decoder(Reporter).decode
decode_catalogue = msgspec.json.Decoder(CatalogueFiles).decode
decode_look = msgspec.json.Decoder(Look).decode
decode_sensor = msgspec.json.Decoder(SensorState).decode
decode_heartbeat = msgspec.json.Decoder(Heartbeat).decode
decode_summary = msgspec.json.Decoder(Summary).decode
decode_notification = msgspec.json.Decoder(Notification).decode
decode_maintenance_window = msgspec.json.Decoder(MaintenanceWindow).decode
