"""The bodies of the requests that open and end maintenance windows."""

from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from api.http.fields import CodeField, LineField, MomentField
from ioc.core.times import Instant, to_instant
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow

Names = Annotated[list[CodeField], Field(max_length=200)]
_EXAMPLE: dict[str, Any] = {
    "scope": {"wards": ["19753"], "categories": ["lighting"]},
    "from": "2024-04-16T22:00:00+07:00",
    "to": "2024-04-17T05:00:00+07:00",
    "actor": "Ca trực 1",
    "why": "Thay trạm biến áp",
}


class ScopeGiven(BaseModel):
    """Which incidents are meant: those that have one of the names on every side that is given."""

    model_config = ConfigDict(extra="forbid", strict=True)

    services: Names = []
    categories: Names = []
    units: Names = []
    wards: Names = []
    sources: Names = Field([], description="Sources of events, such as `/hue/field-reports`")


class OpenWindow(BaseModel):
    """Open a maintenance window: what, from when, to when, by whom and why."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    scope: ScopeGiven
    start: MomentField = Field(alias="from")
    end: MomentField = Field(alias="to", description="Not included; 30 days after `from` at most")
    actor: Annotated[LineField, Field(min_length=1, description="By whom; of a token, its subject")]
    why: Annotated[str, Field(min_length=1, max_length=2048)]


class EndWindow(BaseModel):
    """End a maintenance window early; before its start that calls it off."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"actor": "Ca trực 1", "why": "Xong sớm"}]}
    )

    actor: Annotated[LineField, Field(min_length=1, description="By whom; of a token, its subject")]
    why: Annotated[str, Field(min_length=1, max_length=2048)]


def window_of(window_id: str, body: OpenWindow, by: str, now: Instant) -> MaintenanceWindow:
    """Return the window that a body asks for. `by` is the operator, `now` when it is opened."""
    scope = msgspec.convert(body.scope.model_dump(), MaintenanceScope)
    return MaintenanceWindow(window_id, scope, to_instant(body.start), to_instant(body.end), by, body.why, now)
