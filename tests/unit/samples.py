"""Events for the tests, as producers send them, and logs of them in any shape."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.catalogue.signing_key import SigningKey
from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, LAST_MOMENT, Instant, parse_instant, to_rfc3339
from ioc.figures.aggregates import Aggregate, Cell
from ioc.incident.event import Event
from ioc.incident.lifecycle import KIN, OWN, EventType
from ioc.incident.state import Incident
from ioc.office_records.records import Act
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.signing.signer import Signer, public_bytes

# The keys of the tests: the centre's own, and that of the city's leaders.
CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LEADERS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SINCE = parse_instant("2020-01-01T00:00:00Z")
CENTRE = Signer(SigningKey("ioc-1", "ioc", public_bytes(CENTRE_KEY), SINCE), CENTRE_KEY)
LEADERS = Signer(SigningKey("ubnd-1", "ubnd-tp", public_bytes(LEADERS_KEY), SINCE), LEADERS_KEY)
KEYS = {signer.key.id: signer.key for signer in (CENTRE, LEADERS)}


def keys_file() -> str:
    """Return the tests' public keys as a catalogue's keys.yml."""
    rows = (
        f'  - {{id: {key.id}, owner: {key.owner}, public: "{b64encode(key.public).decode()}", '
        f'valid_from: "{to_rfc3339(key.valid_from)}"}}\n'
        for key in KEYS.values()
    )
    return "keys:\n" + "".join(rows)


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """Return a private key as its file holds it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def fresh_city() -> Catalogue:
    """Return the city with the tests' keys, read anew."""
    return replace(load_catalogue(hue_folder()), keys=KEYS)


CITY: Catalogue = fresh_city()


def at(local: str) -> Instant:
    """Return the instant of a local time of Hue, such as 2026-04-14 08:00."""
    return parse_instant(local.replace(" ", "T") + "+07:00")


def body(event_type: str, time: Instant, event_id: str, subject: str = "1", source: str = "", **data: Any) -> bytes:
    """Return a structured CloudEvent. The centre's own types come from the centre, all else from the field reports.

    A directive comes from the city's leaders and is signed by them, unless it says from whom it comes.
    """
    if event_type == EventType.SHELVED and time < LAST_MOMENT:
        data = {"until": to_rfc3339(time + DAY), **data}
    document = {
        "specversion": "1.0",
        "id": event_id,
        "source": source
        or ("/operations-centre/moments/field-reports" if event_type in OWN | KIN else "/hue/field-reports"),
        "subject": subject,
        "type": f"vn.ioc.incident.{event_type}.v1",
        "time": to_rfc3339(time),
        "data": data,
    }
    if event_type == EventType.DIRECTED and "by" not in data:
        data["by"] = "ubnd-tp"
        data["signature"] = leaders_signature(document)
    return msgspec.json.encode(document)


def leaders_signature(document: Mapping[str, Any]) -> str | None:
    """Return the leaders' signature of a directive, given as an event without one; None when it is not readable."""
    with suppress(ValueError):
        return LEADERS.signature(msgspec.json.encode(document))
    return None


def event(
    event_type: str, time: Instant, event_id: str = "", subject: str = "1", source: str = "", **data: Any
) -> Event:
    """Return an event of the incident field-reports:<subject>."""
    if event_type == "reported":
        data = {"service": "field-reports", **data}
    value = body(event_type, time, event_id or f"{event_type}-{time}", subject, source, **data)
    received = read_event(f"field-reports:{subject}".encode(), value)
    assert isinstance(received, Event), received
    return received


def record(offset: int, event_type: str, time: Instant, event_id: str = "", subject: str = "1", **data: Any) -> Record:
    """Return the same as a record of the log, appended at its own time."""
    if event_type == "reported":
        data = {"service": "field-reports", **data}
    value = body(event_type, time, event_id or f"{event_type}-{time}", subject, **data)
    return Record(offset, time, f"field-reports:{subject}".encode(), value)


# The least data each type of event needs.
LEAST: Mapping[EventType, Mapping[str, Any]] = {
    EventType.ASSIGNED: {"unit": "hepco"},
    EventType.DIRECTED: {"units": ["pc-hue"], "due": "2026-04-15T12:00:00+07:00"},
    EventType.DIRECTIVE_ACKNOWLEDGED: {"directive": "d", "unit": "pc-hue"},
    EventType.DIRECTIVE_DONE: {"directive": "d", "unit": "pc-hue"},
    EventType.MERGED: {"into": "field-reports:9"},
    EventType.PROPOSED: {"into": "field-reports:9"},
    EventType.JOINED: {
        "child": "field-reports:8",
        "turn": 1,
        "reported_at": "2026-04-14T01:00:00Z",
        "merged_at": "2026-04-14T01:01:00Z",
    },
    EventType.LEFT: {"child": "field-reports:8", "turn": 2},
    EventType.FOLLOWED: {
        "parent": "field-reports:9",
        "turn": 1,
        "outcome": "resolved",
        "ended_at": "2026-04-14T02:00:00Z",
    },
    EventType.RATED: {"score": 2},
    EventType.UPDATED: {"priority": "urgent", "ward": "19753"},
    EventType.SHELVED: {"actor": "Ca trực 1", "text": "Chờ nước rút"},
    EventType.LAPSED: {"since": "2026-04-14T08:01:00+07:00"},
}


def least_event(event_type: EventType, time: Instant, event_id: str = "") -> Event:
    """Return an event with no more data than its type needs."""
    return event(event_type, time, event_id, **LEAST.get(event_type, {}))


# The least data each act needs.
SHOP = {"service": "one-stop-shop", "unit": "tt-hanh-chinh-cong"}
BOOKING: dict[Act, dict[str, Any]] = {
    **dict.fromkeys(Act, SHOP),
    **{act: {} for act in (Act.CALLED, Act.SERVED, Act.LEFT)},
    Act.ANSWERED: {**SHOP, "score": 2},
}


def booking_record(
    act: Act, time: Instant, event_id: str = "", subject: str = "A-001", offset: int = 0, **data: Any
) -> Record:
    """Return an act as a record of the log, appended at its own time unless the fold is already further."""
    event = {
        "specversion": "1.0",
        "id": event_id or f"{act}-{time}",
        "source": "/hue/one-stop-shop",
        "subject": subject,
        "type": f"vn.ioc.{act}.v1",
        "time": to_rfc3339(time),
        "data": {**BOOKING[act], **data},
    }
    return Record(offset, time, f"one-stop-shop:{subject}".encode(), msgspec.json.encode(event))


def essence(incident: Incident) -> Incident:
    """Return an incident without what records that something was sent: the part that its events alone make."""
    return replace(incident, fired_steps=(), fired_reminders=(), sent=(), next_at=None, sequence=0, version=0)


def processor_of(log: Sequence[Record], clock: ClockKind = ClockKind.WALL) -> IncidentProcessor:
    """Return a processor that has folded a log, one record at a time."""
    processor = IncidentProcessor(0, CITY, clock)
    for record in log:
        processor.apply(processor.fold([record]))
    return processor


def windows(processor: IncidentProcessor) -> dict[Cell, Aggregate]:
    """Return the windows of a processor that are not empty."""
    return {cell: window for cell, window in processor.aggregates.items() if not window.empty}


FIRST_DAY = at("2026-04-13 00:00")
LATER = FIRST_DAY + 30 * DAY

_Happening = tuple[str, int, str]
_DIRECTED = [EventType.DIRECTED, EventType.DIRECTIVE_ACKNOWLEDGED, EventType.DIRECTIVE_DONE, EventType.UPDATED]
_OFTEN = [
    EventType.RESOLVED,
    EventType.REOPENED,
    EventType.RATED,
    EventType.PAUSED,
    EventType.RESUMED,
    EventType.ASSIGNED,
]
# Events between merged incidents are answers, never out of the blue: tests/unit/decider/test_merging.py has them.
_TYPES = st.sampled_from(
    [*(event_type for event_type in EventType if event_type not in KIN), *_DIRECTED, *_OFTEN, *_OFTEN, *Act, "misspelt"]
)
_HAPPENINGS = st.lists(st.tuples(_TYPES, st.integers(1, 5 * 24), st.sampled_from("1112")), min_size=8, max_size=40)


def _log(reports: Sequence[int], happenings: Sequence[_Happening], waits: Sequence[int], seed: int) -> list[Record]:
    """Return a log of what happened by the hour, in any order, appended some hours or days after one another."""
    reported = [(EventType.REPORTED, hour, subject) for hour, subject in zip(reports, "112", strict=False)]
    log, appended = [], FIRST_DAY
    for offset, (event_type, hour, subject) in enumerate(
        Random(seed).sample([*reported, *happenings], len(reported) + len(happenings))
    ):
        time = FIRST_DAY + hour * HOUR
        appended = max(appended + waits[offset % len(waits)] * HOUR, time)
        if isinstance(event_type, Act):
            entry = booking_record(event_type, time, subject=subject, offset=offset)
        else:
            entry = record(offset, event_type, time, subject=subject, **_data(event_type, hour, happenings))
        log.append(replace(entry, appended=appended))
    return log


def _data(event_type: str, hour: int, happenings: Sequence[_Happening]) -> Mapping[str, Any]:
    """Return the data of an event: an answer names one of the directives there are, every other update lowers."""
    match event_type:
        case EventType.DIRECTED:
            return {"units": ["pc-hue", "hepco"], "due": to_rfc3339(FIRST_DAY + (hour + hour % 30) * HOUR)}
        case EventType.DIRECTIVE_ACKNOWLEDGED | EventType.DIRECTIVE_DONE:
            hours = [at for event_type, at, _ in happenings if event_type == EventType.DIRECTED] or [0]
            directive = f"directed-{FIRST_DAY + hours[hour % len(hours)] * HOUR}"
            return {"directive": directive, "unit": ("pc-hue", "hepco")[hour % 2]}
        case EventType.UPDATED if hour % 2:
            return {"priority": "normal", **({"actor": "Lan", "text": "đã xong"} if hour % 4 == 1 else {})}
    return LEAST.get(event_type, {})  # type: ignore[call-overload]


LOGS: st.SearchStrategy[list[Record]] = st.builds(
    _log,
    st.lists(st.integers(0, 12), min_size=2, max_size=3),
    _HAPPENINGS,
    st.lists(st.integers(0, 10), min_size=1, max_size=5),
    st.integers(0, 1000),
)
"""Lives of two incidents over five days: late events, duplicates, illegal moves and unreadable records among them, and
tickets, documents and answers in between."""
