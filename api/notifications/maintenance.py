"""What opens and ends maintenance windows: the bodies of commands, and what speaks against them, all at once."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.http.fields import Code, Line, Moment
from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.core.times import Instant, is_plausible_moment, to_instant
from ioc.notifications import maintenance
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow

Names = Annotated[list[Code], Field(max_length=200)]
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
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to", description="Not included; 30 days after `from` at most")
    actor: Annotated[Line, Field(min_length=1, description="By whom; of a token, its subject")]
    why: Annotated[str, Field(min_length=1, max_length=2048)]


class EndWindow(BaseModel):
    """End a maintenance window early; before its start that calls it off."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"actor": "Ca trực 1", "why": "Xong sớm"}]}
    )

    actor: Annotated[Line, Field(min_length=1, description="By whom; of a token, its subject")]
    why: Annotated[str, Field(min_length=1, max_length=2048)]


def window_of(id: str, body: OpenWindow, by: str, now: Instant) -> MaintenanceWindow:
    """Return the window that a body asks for."""
    scope = msgspec.convert(body.scope.model_dump(), MaintenanceScope)
    return MaintenanceWindow(id, scope, to_instant(body.start), to_instant(body.end), by, body.why, now)


def standing_faults(body: object, catalogue: Catalogue, now: Instant) -> list[FieldError]:
    """Return what speaks against a body, as far as it can be read: also of one that has other faults."""
    if not isinstance(body, Mapping):
        return []
    scope = _scope(body.get("scope"))
    start, end = _instant(body.get("from")), _instant(body.get("to"))
    found = [] if scope is None else list(_unknown(scope, catalogue))
    if start is not None and end is not None:
        found += maintenance.faults(start, end, scope or MaintenanceScope(wards=("?",)), now)
    elif scope is not None and scope.is_empty:
        found += maintenance.faults(now, now + 1, scope, now)
    return found


def _scope(found: object) -> MaintenanceScope | None:
    with suppress(msgspec.ValidationError):
        return msgspec.convert(found, MaintenanceScope)
    return None


_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def _instant(found: Any) -> Instant | None:
    with suppress(ValidationError):
        moment = _MOMENT.validate_python(found) if isinstance(found, str | datetime) else None
        if moment is not None and is_plausible_moment(moment):
            return to_instant(moment)
    return None


def _unknown(scope: MaintenanceScope, catalogue: Catalogue) -> Iterator[FieldError]:
    """Yield the names the catalogue does not know. One of an external service's own may be meant all the same."""
    yield from _lacking("services", scope.services, catalogue.services)
    if any(catalogue.is_external(service) for service in scope.services):
        return
    categories = {category.code for service in catalogue.services.values() for category in service.categories}
    yield from _lacking("categories", scope.categories, categories | set(catalogue.procedures))
    yield from _lacking("units", scope.units, catalogue.units)
    yield from _lacking("wards", scope.wards, catalogue.wards)


def _lacking(side: str, names: tuple[str, ...], known: Any) -> Iterator[FieldError]:
    for index, name in enumerate(names):
        if name not in known:
            yield FieldError(f"scope.{side}.{index}", f"is not one of the catalogue's {side}")
