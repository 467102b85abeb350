"""Incidents as they are shown."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.http.freshness_schema import WithFreshness

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


class PageShown(WithFreshness):
    """Part of a list of incidents."""

    model_config = ConfigDict(title="Page")

    items: list[RowShown]
    next: str | None = Field(description="Send as `after` for the next page")
    total: int


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
