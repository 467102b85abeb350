"""The shapes of answers, for the OpenAPI document. Times are RFC 3339 in UTC."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE: dict[str, Any] = {
    "id": "field-reports:PA-000123",
    "state": "assigned",
    "service": "field-reports",
    "category": "environment",
    "priority": "high",
    "severity": "high",
    "title": "Cây đổ chắn đường",
    "unit": None,
    "units": ["pccc", "cay-xanh"],
    "ward": "19753",
    "lat": 16.5,
    "lon": 107.59,
    "address": "Lê Lợi",
    "reported_at": "2024-04-16T09:30:00.000Z",
    "updated_at": "2024-04-16T09:42:10.000Z",
    "closed_at": None,
    "due": "2024-04-17T02:00:00.000Z",
    "due_target": "resolve",
    "warn_at": "2024-04-17T01:00:00.000Z",
    "overdue": False,
    "paused": False,
    "level": 0,
    "on_time": None,
    "reopened": 0,
    "rating": None,
    "assignee": "Tổ cơ động 2",
    "shelved_until": None,
    "shelved_by": None,
    "lapses": 0,
    "parent": None,
    "outcome": None,
    "proposed": None,
    "children": 12,
    "maintenance": None,
    "directives_given": 3,
    "directives_open": 1,
    "directive_due": "2024-04-16T11:00:00.000Z",
    "version": 3,
}


class RowShown(BaseModel):
    """An incident as lists and the feed show it."""

    model_config = ConfigDict(title="Row", json_schema_extra={"examples": [EXAMPLE]})

    id: str = Field(description="`<source slug>:<subject>`")
    state: str
    service: str
    category: str
    priority: str
    severity: str = Field(description="From the priority, one step up once a deadline was breached")
    title: str
    unit: str | None
    units: list[str] = Field(description="Who takes part besides: directed, or brought in by the rule")
    ward: str | None
    lat: float | None
    lon: float | None
    address: str | None
    reported_at: str
    updated_at: str
    closed_at: str | None
    due: str | None = Field(description="The next running deadline")
    due_target: str | None
    warn_at: str | None
    overdue: bool
    paused: bool
    level: int = Field(description="Highest escalation level of the present run")
    on_time: bool | None = Field(description="Null while open")
    reopened: int
    rating: int | None
    assignee: str | None
    shelved_until: str | None = Field(description="Put aside until then: it is not notified, but its deadlines run on")
    shelved_by: str | None
    lapses: int = Field(description="How often it was acknowledged and nobody began in time")
    parent: str | None = Field(description="The incident it was merged into")
    outcome: str | None = Field(description="How the parent of a merged incident ended; null while that is open")
    proposed: str | None = Field(description="The incident it may be the same as: to be merged into, or declined")
    children: int = Field(description="How many incidents were merged into it")
    maintenance: str | None = Field(description="The id of the active maintenance window it lies under")
    directives_given: int = Field(description="Units that were given a directive; one counts once for each")
    directives_open: int = Field(description="Units that have not reported a directive done; one counts once for each")
    directive_due: str | None = Field(description="The soonest due of those")
    version: int


class PageShown(BaseModel):
    """Part of a list of incidents."""

    model_config = ConfigDict(title="Page")

    items: list[RowShown]
    next: str | None = Field(description="Send as `after` for the next page")
    total: int
    as_of: str = Field(description="The oldest heartbeat of the workers; 1970 while none has come")
    stale: bool = Field(description="True when a worker has been silent for more than 10 s")


class EntryShown(BaseModel):
    """One event in an incident's history."""

    time: str
    type: str
    source: str
    id: str
    actor: str | None
    text: str | None
    accepted: bool
    reason: str | None


class EvidenceShown(BaseModel):
    """A photo or document that lies elsewhere, and the event that showed it. Check it against its checksum."""

    url: str
    sha256: str
    media_type: str
    caption: str | None
    public: bool = Field(description="Shown to whoever knows the dossier's code")
    time: str
    type: str
    actor: str | None


class DeadlineShown(BaseModel):
    """Which rule and which arithmetic; seconds are those of the rule's calendar."""

    target: str
    rule: str
    procedure: str | None = Field(description="The procedure whose own target this is, and not the rule's")
    calendar: str
    total_s: float
    start: str
    used_s: float
    remaining_s: float
    pauses: list[dict[str, str | None]]
    skipped: list[dict[str, str]]
    due: str | None
    warn_at: str | None
    met_at: str | None
    status: str
    steps: list[dict[str, Any]]


class ChildShown(BaseModel):
    """An incident that was merged into another."""

    id: str
    reported_at: str
    merged_at: str


class ProcedureShown(BaseModel):
    """A procedure of the one-stop shop, and how much of it is online."""

    code: str
    name_vi: str
    name_en: str
    online: str


class AttachedShown(BaseModel):
    """Something that shows what was done, kept elsewhere; SHA-256 of what lies there."""

    url: str
    sha256: str
    media_type: str
    caption: str | None
    public: bool


class AnswerShown(BaseModel):
    """What one unit has answered to a directive."""

    unit: str
    acknowledged_at: str | None
    done_at: str | None
    on_time: bool | None = Field(description="Null while it is not done")
    overdue: bool = Field(description="Not done, and the due has passed")
    level: int = Field(description="Highest escalation level reached")
    text: str | None = Field(description="What it said when it was done")
    evidence: list[AttachedShown]


class DirectiveShown(BaseModel):
    """A directive, and what each unit it was given to has answered."""

    id: str = Field(description="Of its event: answers name it")
    by: str | None = Field(description="The unit or office whose key signed it")
    actor: str | None
    text: str | None
    time: str
    due: str | None
    units: list[AnswerShown]


class GroupShown(BaseModel):
    """Open incidents of one cause in one ward."""

    cause: str
    ward: str | None = Field(description="Null of those whose ward is not known")
    open: int
    reports: int = Field(description="With those that were merged into the open ones")
    overdue: int
    gravest: str = Field(description="The highest severity")
    oldest: str = Field(description="When the first of them was reported")
    ids: list[str] = Field(description="The first of them in the order of work")


class GroupsShown(BaseModel):
    """Open incidents by what brings many about at once, and by ward."""

    model_config = ConfigDict(title="Groups")

    groups: list[GroupShown]
    as_of: str = Field(description="The oldest heartbeat of the workers; 1970 while none has come")
    stale: bool = Field(description="True when a worker has been silent for more than 10 s")


class DetailShown(RowShown):
    """An incident with its history, deadlines, directives and the commands allowed now."""

    model_config = ConfigDict(title="Detail", json_schema_extra={})

    history: list[EntryShown]
    evidence: list[EvidenceShown]
    procedure: ProcedureShown | None = Field(description="What a dossier applies for, when it is a procedure")
    deadlines: list[DeadlineShown]
    lapses_at: str | None = Field(description="When the acknowledgement lapses unless somebody begins")
    directives: list[DirectiveShown]
    commands: list[str]
    merged: list[ChildShown] = Field(description="The first of those that were merged into it; `parent=` lists all")


class ReporterShown(BaseModel):
    """Who reported an incident, as far as it was said."""

    model_config = ConfigDict(title="Reporter")

    incident: str
    name: str | None
    phone: str | None
    email: str | None
    address: str | None
    id_number: str | None


class CategoryShown(BaseModel):
    """A kind of matter within a service."""

    code: str
    name_vi: str
    name_en: str


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


class DossiersShown(BaseModel):
    """The dossiers with a code: one, unless several sources use the same numbers."""

    model_config = ConfigDict(title="Dossiers")

    items: list[DossierShown]
    as_of: str = Field(description="The oldest heartbeat of the workers; 1970 while none has come")
    stale: bool = Field(description="True when a worker has been silent for more than 10 s")


class QueueShown(BaseModel):
    """The queue of a service at a unit, in a ward; the ward is empty when tickets do not name it."""

    service: str
    unit: str
    ward: str
    waiting: int
    at_counter: int
    longest_wait_s: float | None = Field(description="Null when nobody waits")


class QueuesShown(BaseModel):
    """The queues of today."""

    model_config = ConfigDict(title="Queues")

    items: list[QueueShown]
    as_of: str = Field(description="The oldest heartbeat of the workers; 1970 while none has come")
    stale: bool = Field(description="True when a worker has been silent for more than 10 s")


class ServiceShown(BaseModel):
    """A source of incidents, and the unit that answers for it."""

    code: str
    name_vi: str
    name_en: str
    unit: str | None
    online: str = Field(description="How much of it people can do online: none, partial or full")
    dossiers: bool = Field(description="What it received can be looked up by its code")
    categories: list[CategoryShown]


class UnitShown(BaseModel):
    """A body that handles matters, under its parent."""

    code: str
    name: str
    parent: str | None


class WardShown(BaseModel):
    """A ward or commune; its centre in degrees WGS 84."""

    code: str
    name: str
    lat: float
    lon: float
    area_km2: float


class CauseShown(BaseModel):
    """What brings many matters about at once."""

    id: str
    name_vi: str
    name_en: str
    matters: dict[str, list[str]] = Field(description="By service the categories; none stands for all of the service")


class CatalogueShown(BaseModel):
    """The names behind the codes, and the commands each state allows."""

    model_config = ConfigDict(title="Catalogue")

    services: list[ServiceShown]
    units: list[UnitShown]
    wards: list[WardShown]
    procedures: dict[str, int] = Field(description="How many procedures are online in full, in part, and not")
    causes: list[CauseShown]
    edition: str = Field(description="Of the files this process read; it changes when any of them does")
    in_force: list[str] = Field(description="Editions the workers fold by; this process's alone once all are restarted")
    commands: dict[str, list[str]]


class FeatureShown(BaseModel):
    """A ward on the map."""

    type: Literal["Feature"]
    id: str = Field(description="The ward's code")
    properties: dict[str, Any]
    geometry: dict[str, Any]


class MapShown(BaseModel):
    """The wards as GeoJSON (RFC 7946)."""

    model_config = ConfigDict(title="Map")

    type: Literal["FeatureCollection"]
    features: list[FeatureShown]


class NotificationShown(BaseModel):
    """That one unit is told of one thing through one channel."""

    id: str
    incident: str
    occasion: str = Field(description="warned, escalated, directed, not_done, urgent, lowered, returned or still_open")
    unit: str = Field(description="The code of the unit told")
    channel: str
    urgent: bool
    status: str = Field(description="waiting, planned, sent, bundled, suppressed or failed")
    reason: str | None = Field(description="Why it waits, is suppressed or has failed")
    at: str = Field(description="When it came to its status")
    planned_at: str
    time: str = Field(description="When what it tells of holds")
    until: str | None = Field(description="Of a waiting one: not before")
    attempts: int
    message: str | None = Field(description="Those with the same are told in one message")
    window: str | None = Field(description="The maintenance window that suppressed it")
    level: int
    target: str | None
    due: str | None


class LedgerShown(BaseModel):
    """Part of the ledger of notifications, the newest first."""

    model_config = ConfigDict(title="Notifications")

    items: list[NotificationShown]
    next: str | None = Field(description="Send as `after` for the next page")
    total: int


class WindowShown(BaseModel):
    """A maintenance window: nobody is told of what happens in its scope while it is active."""

    id: str
    stage: Literal["coming", "active", "over", "called_off"]
    scope: dict[str, list[str]] = Field(description="Names by side; an incident is meant that has one on every side")
    begin: str = Field(alias="from")
    to: str = Field(description="Not included")
    by: str
    why: str
    opened_at: str
    ended_at: str | None = Field(description="When it was ended early")
    ended_by: str | None
    ended_why: str | None
    incidents: int = Field(description="Open incidents in the scope of an active one")


class WindowsShown(BaseModel):
    """Maintenance windows, the latest start first."""

    model_config = ConfigDict(title="Maintenance")

    items: list[WindowShown]
    total: int


class WarRoomShown(BaseModel):
    """Where those meet who deal with an emergency."""

    model_config = ConfigDict(title="WarRoom")

    url: str | None = Field(description="Null when the catalogue names none, or its variables are not set")


class Alive(BaseModel):
    """The process answers."""

    live: bool


class Ready(BaseModel):
    """The picture has been read."""

    ready: bool
    incidents: int
    build: str = Field(description="Changes when the screen's files do")
