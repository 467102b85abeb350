"""The payloads of events, one struct for each shape. Fields that are not listed here are not read.

Producers' texts are stored as they came, in Unicode NFC; the limits are what a screen and a log can bear.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from ioc.core.scalars import (
    Code,
    HttpsUrl,
    IncidentId,
    Latitude,
    Line,
    Longitude,
    Moment,
    Priority,
    Satisfaction,
    Score,
    ShortLine,
    Signature,
    TargetName,
    Text,
)
from ioc.incident.lifecycle import EventType, State


class Evidence(Struct, frozen=True, omit_defaults=True, gc=False):
    """A photo or document stored elsewhere: its address, and the checksum that shows it is unchanged.

    `public` evidence is shown to whoever knows the code of the dossier; the rest only to those who handle the incident.
    """

    url: HttpsUrl
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]
    media_type: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}(?![\s\S])")]
    caption: Line | None = None
    public: bool = False


class Payload(Struct, frozen=True, omit_defaults=True, gc=False):
    """What every event may say: who acted, a free text, and evidence."""

    actor: Line | None = None
    text: Text | None = None
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=20)] = ()


class LocatedPayload(Payload, frozen=True):
    """A payload that may also say what the incident is and where: WGS 84 degrees, the ward by its five-digit code."""

    category: Code | None = None
    title: Line | None = None
    unit: Code | None = None
    ward: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    address: Line | None = None


class Reporter(Struct, frozen=True, omit_defaults=True, gc=False):
    """Who reported an incident: stored apart from it, and shown only to those who may see it."""

    name: Line | None = None
    phone: ShortLine | None = None
    email: Annotated[str, Meta(max_length=320)] | None = None
    address: Line | None = None
    id_number: ShortLine | None = None

    def __repr__(self) -> str:  # a repr may end up in a log
        return "Reporter(...)"


NOBODY = Reporter()


class Reported(LocatedPayload, frozen=True, kw_only=True):
    """An incident is reported to the centre. `due` gives explicit deadlines, which win over those of the rules.

    `reporter` is removed as soon as the event is read: an `Event` carries it beside its payload.
    """

    service: Code
    priority: Priority = Priority.NORMAL
    channel: Line | None = None
    due: dict[TargetName, Moment] = {}
    reporter: Reporter | None = None


class Assigned(Payload, frozen=True):
    """The incident is assigned to a unit, a person, or both."""

    unit: Code | None = None
    assignee: Line | None = None


class Directed(Payload, frozen=True, kw_only=True):
    """A directive over the network: several units are to act, by `due` if one is given.

    `by` is the unit or office that gives it; `signature` is theirs, a detached compact JWS over all the event says.
    """

    units: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=200)]
    due: Moment | None = None
    by: Code | None = None
    signature: Signature | None = None


class DirectiveAnswered(Payload, frozen=True, kw_only=True):
    """A unit acknowledges a directive or reports it done; `directive` is the id of the directive's event."""

    directive: Annotated[str, Meta(min_length=1, max_length=256)]
    unit: Code


class Escalated(Payload, frozen=True):
    """Somebody raises the incident to a level of the escalation policy."""

    level: Annotated[int, Meta(ge=1, le=9)] = 1
    to: Code | None = None


class Updated(LocatedPayload, frozen=True):
    """Details of the incident change: those that are given."""

    service: Code | None = None
    priority: Priority | None = None


class Merged(Payload, frozen=True, kw_only=True):
    """The incident duplicates another, its parent. `by_rule` names the rule of duplicates.yml that found it."""

    into: IncidentId
    by_rule: Code | None = None


class Proposed(Merged, frozen=True):
    """The incident may duplicate another: people decide."""


class Unmerged(Payload, frozen=True):
    """The incident is no duplicate after all. With `afresh` its duplicates are searched for once more."""

    afresh: bool = False


class Joined(Payload, frozen=True, kw_only=True):
    """A child informs its parent that it was merged into it at `merged_at`. `sequence` numbers the child's messages."""

    child: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")
    reported_at: Moment
    merged_at: Moment


class Left(Payload, frozen=True, kw_only=True):
    """A child informs its former parent that it is no longer merged into it."""

    child: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")


class Followed(Payload, frozen=True, kw_only=True):
    """A parent informs its child how it ended, and when; None while it is open.

    `generation` counts the incidents this news has come through.
    """

    parent: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")
    outcome: State | None = None
    ended_at: Moment | None = None
    generation: Annotated[int, Meta(ge=1)] = 1


class Shelved(Payload, frozen=True, kw_only=True):
    """The incident is put aside, for seven days at most. Who does so and why must always be said."""

    until: Moment


class Lapsed(Payload, frozen=True, kw_only=True):
    """What was acknowledged at `since` was not begun in time: the acknowledgement counts no more."""

    since: Moment


class Rated(Payload, frozen=True):
    """The citizen's verdict: a score of 1 to 5, a word, or both."""

    score: Score | None = None
    satisfaction: Satisfaction | None = None


PAYLOADS: Mapping[EventType, type[Payload]] = {
    **dict.fromkeys(EventType, Payload),
    EventType.REPORTED: Reported,
    EventType.ASSIGNED: Assigned,
    EventType.DIRECTED: Directed,
    EventType.DIRECTIVE_ACKNOWLEDGED: DirectiveAnswered,
    EventType.DIRECTIVE_DONE: DirectiveAnswered,
    EventType.ESCALATED: Escalated,
    EventType.UPDATED: Updated,
    EventType.PROPOSED: Proposed,
    EventType.MERGED: Merged,
    EventType.UNMERGED: Unmerged,
    EventType.RATED: Rated,
    EventType.SHELVED: Shelved,
    EventType.LAPSED: Lapsed,
    EventType.JOINED: Joined,
    EventType.LEFT: Left,
    EventType.FOLLOWED: Followed,
}
"""The payload of each event type: the bare one, unless it has its own."""


def _check_every_payload_is_used(base: type[Payload]) -> None:
    """Raise TypeError for a payload that no event type has: it would be read as the bare one, without its fields."""
    for payload in base.__subclasses__():
        if payload is not LocatedPayload and payload not in PAYLOADS.values():
            raise TypeError(f"no event type has the payload {payload.__name__}")
        _check_every_payload_is_used(payload)


_check_every_payload_is_used(Payload)

DECODE = {event_type: msgspec.json.Decoder(payload).decode for event_type, payload in PAYLOADS.items()}
"""The decoder of each event type's payload."""
