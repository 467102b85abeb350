"""The contract with producers and readers, generated from the models: JSON Schemas and an AsyncAPI document."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ioc.core.cloudevents import Envelope
from ioc.core.records import Position
from ioc.core.topics import TOPICS, Topic, TopicSpec
from ioc.duplicates.candidates import Candidate
from ioc.duplicates.clusters import Cluster
from ioc.figures.aggregates import Aggregate
from ioc.incident import lifecycle
from ioc.incident.facts import Fact
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import PAYLOADS, Reporter
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.notification import Notification
from ioc.office_records import records
from ioc.office_records.items import Item
from ioc.office_records.records import BOOKINGS, Act
from ioc.processors.serde import CatalogueFiles, Heartbeat, Look
from ioc.sensors.observations import PAYLOADS as OBSERVATIONS
from ioc.sensors.state import SensorState

JsonDocument = dict[str, Any]

KINDS: tuple[EventType | Act, ...] = (*EventType, *Act)
"""The kinds of events on `ioc.events`."""

FOLDER = Path(__file__).parents[1] / "docs" / "contract"
_ABOUT = (
    "The topics of a city's operations centre. Producers write `ioc.events`, keyed by the incident's id "
    "`<source slug>:<subject>`, and `ioc.indicators`, keyed by the sensor's, both partitioned by murmur2; all else is "
    "written by the centre. "
    "Read with `isolation.level=read_committed`."
)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_RECORDS: Mapping[Topic, type] = {
    Topic.INCIDENTS: Incident,
    Topic.AGGREGATES: Aggregate,
    Topic.FACTS: Fact,
    Topic.POSITIONS: Position,
    Topic.WORKERS: Heartbeat,
    Topic.CATALOGUES: CatalogueFiles,
    Topic.NOTIFICATIONS: Notification,
    Topic.MAINTENANCE: MaintenanceWindow,
    Topic.REPORTERS: Reporter,
    Topic.AUDIT: Look,
    Topic.ITEMS: Item,
    Topic.SENSORS: SensorState,
    Topic.SIGHTINGS: Candidate,
    Topic.MATTERS: Cluster,
}


def documents() -> Iterator[tuple[str, JsonDocument]]:
    """Yield the name and content of every file of the contract."""
    for kind in KINDS:
        yield f"events/{kind}.v1.json", event_schema(kind)
    for name in OBSERVATIONS:
        yield _observation_file(name), observation_schema(name)
    for topic, struct in _RECORDS.items():
        yield f"records/{topic.removeprefix('ioc.')}.json", record_schema(struct)
    yield "asyncapi.json", asyncapi()


def encode_document(document: JsonDocument) -> bytes:
    """Return a document as the bytes of its file."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def write_contract(folder: Path = FOLDER) -> list[Path]:
    """Write every file of the contract; return those that changed."""
    changed = []
    for name, document in documents():
        path = folder / name
        if not path.exists() or path.read_bytes() != encode_document(document):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode_document(document))
            changed.append(path)
    return changed


def _observation_file(name: str) -> str:
    return f"indicators/{name.removeprefix('vn.ioc.indicator.')}.json"


def observation_schema(name: str) -> JsonDocument:
    """Return the JSON Schema of a record of the indicators in CloudEvents' structured mode."""
    return _schema(name, OBSERVATIONS[name])


def event_schema(kind: EventType | Act) -> JsonDocument:
    """Return the JSON Schema of an event in CloudEvents' structured mode. Fields it does not name are ignored."""
    return _schema(_type(kind), _payload(kind))


def _schema(name: str, payload: type[msgspec.Struct]) -> JsonDocument:
    (_, data), definitions = msgspec.json.schema_components([Envelope, payload], ref_template="#/$defs/{name}")
    envelope = definitions.pop("Envelope")
    return {
        "$schema": _DIALECT,
        "$id": f"urn:ioc:schema:{name}",
        "title": name,
        "description": _in_wire_names(payload.__doc__ or "", payload),
        "type": "object",
        "required": [*envelope["required"], *(["data"] if _needs_data(payload) else [])],
        "properties": {**envelope["properties"], "type": {"const": name}, "data": data},
        "$defs": _with_wire_names(definitions),
    }


def _payload(kind: EventType | Act) -> type[msgspec.Struct]:
    return PAYLOADS[kind] if isinstance(kind, EventType) else BOOKINGS[kind]


def _type(kind: EventType | Act) -> str:
    return lifecycle.cloudevents_type(kind) if isinstance(kind, EventType) else records.cloudevents_type(kind)


def _needs_data(payload: type[msgspec.Struct]) -> bool:
    """True when an event of this kind needs data."""
    return any(field.required for field in msgspec.structs.fields(payload))


def record_schema(struct: type) -> JsonDocument:
    """Return the JSON Schema of the records of a topic that the workers write."""
    schema = msgspec.json.schema(struct)
    return {"$schema": _DIALECT, **schema, "$defs": _with_wire_names(schema["$defs"])}


def _with_wire_names(definitions: Mapping[str, JsonDocument]) -> dict[str, JsonDocument]:
    """Return definitions whose descriptions call fields by their names on the wire: docstrings call them by the code's.

    A definition has the name of its struct, and no two structs have the same.
    """
    structs = {struct.__name__: struct for struct in _structs(msgspec.Struct)}
    return {
        name: definition | {"description": _in_wire_names(definition["description"], structs[name])}
        if name in structs and "description" in definition
        else definition
        for name, definition in definitions.items()
    }


def _structs(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from _structs(struct)


def _in_wire_names(text: str, struct: type[msgspec.Struct]) -> str:
    names = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    return re.sub(r"`(\w+)`", lambda match: f"`{names.get(match[1], match[1])}`", text)


def asyncapi() -> JsonDocument:
    """Return the AsyncAPI 3 document of all topics."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ioc",
            "version": "1",
            "description": _ABOUT,
        },
        "defaultContentType": "application/json",
        "channels": {_channel_name(spec.name): _channel(spec) for spec in TOPICS},
        "operations": dict(_operation(spec.name) for spec in TOPICS),
    }


def _channel_name(topic: Topic) -> str:
    return topic.removeprefix("ioc.")


def _channel(spec: TopicSpec) -> JsonDocument:
    return {
        "address": spec.name,
        "description": f"{spec.holds}. Key: {spec.key}.",
        "messages": dict(_messages(spec.name)),
        "bindings": {"kafka": {"topicConfiguration": _configuration(spec.config), "bindingVersion": "0.5.0"}},
    }


def _configuration(config: Mapping[str, str]) -> JsonDocument:
    """Return as much of a topic's configuration as the Kafka binding knows, with its types."""
    numbers = {name: int(config[name]) for name in ("retention.ms", "max.message.bytes") if name in config}
    return {"cleanup.policy": [config["cleanup.policy"]], **numbers}


def _messages(topic: Topic) -> Iterator[tuple[str, JsonDocument]]:
    if topic is Topic.EVENTS:
        for kind in KINDS:
            yield kind, _message(f"events/{kind}.v1.json", "application/cloudevents+json")
    elif topic is Topic.INDICATORS:
        for name in OBSERVATIONS:
            yield name.split(".")[-2], _message(_observation_file(name), "application/cloudevents+json")
    elif topic in _RECORDS:
        yield _channel_name(topic), _message(f"records/{_channel_name(topic)}.json", "application/json")
    else:
        yield "original", {"payload": {}, "summary": "The bytes as they came; why they were refused is in the headers"}


def _message(path: str, content_type: str) -> JsonDocument:
    payload = {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": {"$ref": path}}
    return {"contentType": content_type, "payload": payload}


def _operation(topic: Topic) -> tuple[str, JsonDocument]:
    """The document is the centre's own view: it receives events and observations, and sends all else."""
    name = _channel_name(topic)
    action = "receive" if topic in (Topic.EVENTS, Topic.INDICATORS) else "send"
    return f"{action}-{name}", {"action": action, "channel": {"$ref": f"#/channels/{name}"}}
