"""What catalogue and time say against a maintenance window."""

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.core.times import Instant, is_plausible_moment, to_instant
from ioc.notifications import maintenance
from ioc.notifications.maintenance import MaintenanceScope


def semantic_errors(body: object, catalogue: Catalogue, now: Instant) -> list[FieldError]:
    """Return the errors of names and times in a body, as far as it can be read: its form may have errors too."""
    if not isinstance(body, Mapping):
        return []
    scope = _scope(body.get("scope"))
    start, end = _instant(body.get("from")), _instant(body.get("to"))
    errors = [] if scope is None else list(_unknown_names(scope, catalogue))
    if start is not None and end is not None:
        errors += maintenance.window_errors(start, end, scope or MaintenanceScope(wards=("?",)), now)
    elif scope is not None and scope.is_empty:
        errors += maintenance.window_errors(now, now + 1, scope, now)
    return errors


def _scope(value: object) -> MaintenanceScope | None:
    with suppress(msgspec.ValidationError):
        return msgspec.convert(value, MaintenanceScope)
    return None


_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def _instant(value: Any) -> Instant | None:
    with suppress(ValidationError):
        moment = _MOMENT.validate_python(value) if isinstance(value, str | datetime) else None
        if moment is not None and is_plausible_moment(moment):
            return to_instant(moment)
    return None


def _unknown_names(scope: MaintenanceScope, catalogue: Catalogue) -> Iterator[FieldError]:
    """Yield an error for each name the catalogue does not have. With an external service any name may be its own."""
    yield from _unknown_on_side("services", scope.services, catalogue.services)
    if any(catalogue.is_external(service) for service in scope.services):
        return
    categories = {category.code for service in catalogue.services.values() for category in service.categories}
    yield from _unknown_on_side("categories", scope.categories, categories | set(catalogue.procedures))
    yield from _unknown_on_side("units", scope.units, catalogue.units)
    yield from _unknown_on_side("wards", scope.wards, catalogue.wards)


def _unknown_on_side(side: str, names: tuple[str, ...], codes: Container[str]) -> Iterator[FieldError]:
    for index, name in enumerate(names):
        if name not in codes:
            yield FieldError(f"scope.{side}.{index}", f"is not one of the catalogue's {side}")
