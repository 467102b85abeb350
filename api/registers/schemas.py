"""The shapes of answers about dossiers and queues, which anybody may see."""

from pydantic import BaseModel, ConfigDict, Field

from api.http.freshness_schema import WithFreshness


class NamedShown(BaseModel):
    """Something by its code and its names."""

    code: str
    name_vi: str
    name_en: str


class HandlerShown(BaseModel):
    """The unit that has a dossier."""

    code: str
    name: str


class ShownToAll(BaseModel):
    """What there is to show for a dossier: an address, and the checksum of what lies there."""

    url: str
    sha256: str
    media_type: str
    time: str


class DossierShown(BaseModel):
    """A dossier as anybody may see it who knows its code."""

    code: str
    service: NamedShown
    procedure: NamedShown | None
    unit: HandlerShown | None
    state: str
    state_vi: str
    state_en: str
    received: str
    due: str | None = Field(description="Of its solution; null while it waits for the applicant, or when it has none")
    late: bool = Field(description="Overdue now, or answered late")
    paused_since: str | None
    closed: str | None
    evidence: list[ShownToAll]


class DossiersShown(WithFreshness):
    """The dossiers with a code: one, unless several sources use the same numbers."""

    model_config = ConfigDict(title="Dossiers")

    items: list[DossierShown]


class QueueShown(BaseModel):
    """The queue of a service at a unit, in a ward; the ward is empty when tickets do not name it."""

    service: str
    unit: str
    ward: str
    waiting: int
    at_counter: int
    longest_wait_s: float | None = Field(description="Null when nobody waits")


class QueuesShown(WithFreshness):
    """The queues of today."""

    model_config = ConfigDict(title="Queues")

    items: list[QueueShown]
