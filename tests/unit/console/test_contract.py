"""The contract in docs/contract is what the code does, and what was sent once can be read for ever."""

from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from console.contract import (
    FOLDER,
    KINDS,
    asyncapi,
    documents,
    encode_document,
    event_schema,
    observation_schema,
    record_schema,
)
from ioc.core.rejections import Rejection
from ioc.core.topics import Topic
from ioc.decider.decide import decide
from ioc.incident.event import Event
from ioc.incident.lifecycle import EVENT_TYPES, EventType
from ioc.incident.state import Incident
from ioc.office_records.records import ACT_OF_TYPE, Act, Booking
from ioc.processors.reader import read_event
from ioc.sensors.observations import PAYLOADS as OBSERVATIONS
from ioc.sensors.observations import Observation, read_observation
from ioc.sensors.state import SensorState
from tests.unit.samples import CITY, at

GOLDEN = Path(__file__).parents[2] / "data" / "golden"
KEY = b"field-reports:PA-000123"


def test_the_files_are_what_the_models_say() -> None:
    stale = [name for name, document in documents() if (FOLDER / name).read_bytes() != encode_document(document)]
    assert stale == [], "run `ioc contract`"
    assert len(list(FOLDER.rglob("*.json"))) == len(list(documents())), "a file that nothing generates"


@pytest.mark.parametrize("sample", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_golden_sample_parses_for_ever_and_fits_its_schema(sample: Path) -> None:
    read = read_event(KEY, sample.read_bytes())
    assert isinstance(read, Event | Booking), read
    document = msgspec.json.decode(sample.read_bytes())
    Draft202012Validator(event_schema(read.event_type if isinstance(read, Event) else read.act)).validate(document)
    said = msgspec.to_builtins(read.payload, str_keys=True)
    if isinstance(read, Event) and read.reporter is not None:
        said["reporter"] = msgspec.to_builtins(read.reporter)
    assert said.keys() == document["data"].keys(), "nothing that was said is lost"


@pytest.mark.parametrize("type_name", OBSERVATIONS)
def test_a_golden_sample_of_the_indicators_parses_for_ever_and_fits_its_schema(type_name: str) -> None:
    sample = GOLDEN / "indicators" / f"{type_name.removeprefix('vn.ioc.indicator.')}.json"
    read = read_observation(b"river-stations:kim-long", sample.read_bytes())
    assert isinstance(read, Observation), read
    document = msgspec.json.decode(sample.read_bytes())
    validator = Draft202012Validator(observation_schema(type_name))
    validator.validate(document)
    assert msgspec.to_builtins(read.payload) == document["data"], "nothing that was said is lost"
    for field in ("id", "source", "subject", "time", "specversion", "data"):
        poorer = {name: value for name, value in document.items() if name != field}
        assert not validator.is_valid(poorer), field
        assert not isinstance(read_observation(b"river-stations:kim-long", msgspec.json.encode(poorer)), Observation)


def test_every_kind_of_event_has_a_golden_sample() -> None:
    documents = (msgspec.json.decode(path.read_bytes()) for path in GOLDEN.glob("*.json"))
    assert {document["type"] for document in documents} == {*EVENT_TYPES, *ACT_OF_TYPE}


def test_the_golden_samples_are_a_life() -> None:
    state: Incident | None = None
    for event_type in (
        EventType.REPORTED,
        EventType.ACKNOWLEDGED,
        EventType.ASSIGNED,
        EventType.STARTED,
        EventType.RESOLVED,
        EventType.RATED,
    ):
        read = read_event(KEY, (GOLDEN / f"{event_type}.v1.json").read_bytes())
        assert isinstance(read, Event)
        state = decide(state, read, at("2025-10-28 00:00"), CITY).state
    assert state is not None
    assert (state.state, state.score) == ("resolved", 4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_refuses_what_the_reader_refuses(kind: EventType | Act) -> None:
    document = msgspec.json.decode((GOLDEN / f"{kind}.v1.json").read_bytes())
    for field in ("id", "source", "subject", "time", "specversion"):
        poorer = {name: value for name, value in document.items() if name != field}
        assert not Draft202012Validator(event_schema(kind)).is_valid(poorer), field
        assert isinstance(read_event(KEY, msgspec.json.encode(poorer)), Rejection), field


def test_the_asyncapi_document_names_every_topic_and_every_event() -> None:
    document = asyncapi()
    assert {channel["address"] for channel in document["channels"].values()} == set(Topic)
    assert set(document["channels"]["events"]["messages"]) == set(KINDS)
    for operation in document["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in document["channels"]
    for channel in document["channels"].values():
        for message in channel["messages"].values():
            path = message["payload"].get("schema", {}).get("$ref")
            assert path is None or (FOLDER / path).exists()


def test_descriptions_call_fields_by_their_names_on_the_wire() -> None:
    definitions = record_schema(Incident)["$defs"] | record_schema(SensorState)["$defs"]
    assert "`said`" in definitions["Incident"]["description"]
    for struct in (Incident, SensorState):
        renamed = set(struct.__struct_fields__) - set(struct.__struct_encode_fields__)
        assert renamed
        assert [name for name in renamed if f"`{name}`" in definitions[struct.__name__]["description"]] == []
