"""What an event says, one struct a move. Fields not listed here are not read.

The words of producers are kept as they came, in Unicode NFC; limits are those a screen and a log can bear.
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
    """A photo or document that lies elsewhere: its address, and the checksum by which it is known to be unchanged.

    `public` evidence is shown to whoever knows the code of the dossier; all else only to those who handle the matter.
    """

    url: HttpsUrl
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]
    media_type: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}(?![\s\S])")]
    caption: Line | None = None
    public: bool = False


class Payload(Struct, frozen=True, omit_defaults=True, gc=False):
    """What every event may say: who acted, in what words, and what there is to show for it."""

    actor: Line | None = None
    text: Text | None = None
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=20)] = ()


class LocatedPayload(Payload, frozen=True):
    """A payload that may also place the matter: WGS 84 degrees, ward by its five-digit code."""

    category: Code | None = None
    title: Line | None = None
    unit: Code | None = None
    ward: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    address: Line | None = None


class Reporter(Struct, frozen=True, omit_defaults=True, gc=False):
    """Who brought a matter to the centre: kept apart from the incident, for those alone who may see it."""

    name: Line | None = None
    phone: ShortLine | None = None
    email: Annotated[str, Meta(max_length=320)] | None = None
    address: Line | None = None
    id_number: ShortLine | None = None

    def __repr__(self) -> str:  # what is printed may end in a log
        return "Reporter(...)"


NOBODY = Reporter()


class Reported(LocatedPayload, frozen=True, kw_only=True):
    """A matter is brought to the centre. `due` gives explicit deadlines, which then win over the rules.

    `reporter` is taken out as soon as the event is read: an `Event` carries it beside its payload.
    """

    service: Code
    priority: Priority = Priority.NORMAL
    channel: Line | None = None
    due: dict[TargetName, Moment] = {}
    reporter: Reporter | None = None


class Assigned(Payload, frozen=True):
    """The matter is given to a unit, a person, or both."""

    unit: Code | None = None
    assignee: Line | None = None


class Directed(Payload, frozen=True, kw_only=True):
    """A directive over the network: several units act, by a moment if one is given.

    `by` is the unit or office it comes from; `signature` is theirs, a detached compact JWS over all that is said.
    """

    units: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=200)]
    due: Moment | None = None
    by: Code | None = None
    signature: Signature | None = None


class DirectiveAnswered(Payload, frozen=True, kw_only=True):
    """A unit answers a directive, named by the id of its event: it acknowledges it, or reports it done."""

    directive: Annotated[str, Meta(min_length=1, max_length=256)]
    unit: Code


class Escalated(Payload, frozen=True):
    """People raise the matter to a level of the ladder."""

    level: Annotated[int, Meta(ge=1, le=9)] = 1
    to: Code | None = None


class Updated(LocatedPayload, frozen=True):
    """Facts of the matter change; only what is given changes."""

    service: Code | None = None
    priority: Priority | None = None


class Merged(Payload, frozen=True, kw_only=True):
    """The matter is the same as another, its parent. `by_rule` names the rule of duplicates.yml that found it so."""

    into: IncidentId
    by_rule: Code | None = None


class Proposed(Merged, frozen=True):
    """The matter may be the same as another: people decide."""


class Unmerged(Payload, frozen=True):
    """The matter is one of its own after all. `afresh`: it is to be looked for anew what it may be the same as."""

    afresh: bool = False


class Joined(Payload, frozen=True, kw_only=True):
    """A child tells its parent that it was merged into it at `merged_at`. `sequence` counts what it has told others."""

    child: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")
    reported_at: Moment
    merged_at: Moment


class Left(Payload, frozen=True, kw_only=True):
    """A child tells its former parent that it is merged into it no longer."""

    child: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")


class Followed(Payload, frozen=True, kw_only=True):
    """A parent tells its child how its own matter ended, and when; None while it is open.

    `generation` counts through how many hands it came.
    """

    parent: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")
    outcome: State | None = None
    ended_at: Moment | None = None
    generation: Annotated[int, Meta(ge=1)] = 1


class Shelved(Payload, frozen=True, kw_only=True):
    """The matter is put aside until a moment, seven days ahead at most. Who does so and why is said, always."""

    until: Moment


class Lapsed(Payload, frozen=True, kw_only=True):
    """Nobody began in time what was acknowledged at `since`: it is as if it had not been."""

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
    EventType.JOINED: Joined,
    EventType.LEFT: Left,
    EventType.FOLLOWED: Followed,
    EventType.RATED: Rated,
    EventType.SHELVED: Shelved,
    EventType.LAPSED: Lapsed,
}

DECODE = {event_type: msgspec.json.Decoder(payload).decode for event_type, payload in PAYLOADS.items()}
