"""A dossier as anybody may see it who knows its code: how it stands, by when it is due, and what came of it.

Nobody's name is told, and nobody's words: neither those of the application nor those of who handles it.
"""

from collections.abc import Iterator, Mapping

from api.http.json import Json, moment
from api.incidents.serializer import evidence_of
from api.read_model.freshness import freshness
from api.read_model.index.entry import IndexEntry
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident

IN_WORDS: Mapping[State, tuple[str, str]] = {
    State.REPORTED: ("Đã tiếp nhận", "Received"),
    State.ACKNOWLEDGED: ("Đang xử lý", "Being handled"),
    State.ASSIGNED: ("Đang xử lý", "Being handled"),
    State.IN_PROGRESS: ("Đang xử lý", "Being handled"),
    State.PAUSED: ("Chờ người nộp bổ sung", "Waiting for the applicant"),
    State.RESOLVED: ("Đã có kết quả", "The result is there"),
    State.REOPENED: ("Đang xử lý lại", "Being handled again"),
    State.CANCELLED: ("Đã rút hồ sơ", "Withdrawn"),
    State.REJECTED: ("Không thuộc thẩm quyền", "Out of competence"),
    State.MERGED: ("Đã gộp vào hồ sơ khác", "Joined with another dossier"),
}


def dossiers(model: ReadModel, code: str) -> Json:
    """Return all dossiers with a code, the latest first: more than one when several sources use the same numbers."""
    now, fresh = model.now(), freshness(model)
    found = sorted(model.dossiers(code), key=lambda card: (-card.incident.reported_at, card.incident.id))
    return {
        "items": [_dossier(card, now, model.catalogue) for card in found],
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
    }


def _dossier(card: IndexEntry, now: Instant, catalogue: Catalogue) -> Json:
    one = card.incident
    vi, en = IN_WORDS[one.outcome or one.state]  # one that was joined with another ends as that does
    clock = one.clock(TargetName.RESOLVE)
    due = clock.due if clock is not None else None
    return {
        "code": one.id.partition(":")[2],
        "service": _service(one, catalogue),
        "procedure": _procedure(one, catalogue),
        "unit": _unit(one, catalogue),
        "state": one.state,
        "state_vi": vi,
        "state_en": en,
        "received": to_rfc3339(one.reported_at),
        "due": moment(due),
        "late": one.on_time is False or (one.is_open and due is not None and due < now),
        "paused_since": moment(one.paused_at),
        "closed": moment(one.closed_at),
        "evidence": list(_public(one)),
    }


def _service(one: Incident, catalogue: Catalogue) -> Json:
    service = catalogue.services.get(one.service)
    if service is None:  # it was taken out of the catalogue since
        return {"code": one.service, "name_vi": one.service, "name_en": one.service}
    return {"code": service.code, "name_vi": service.name_vi, "name_en": service.name_en}


def _procedure(one: Incident, catalogue: Catalogue) -> Json | None:
    """Return what was applied for: a procedure, or else the service's category."""
    named = (one.service, one.category)
    asked = catalogue.procedure_of(*named) or catalogue.category_of(*named)
    return None if asked is None else {"code": asked.code, "name_vi": asked.name_vi, "name_en": asked.name_en}


def _unit(one: Incident, catalogue: Catalogue) -> Json | None:
    unit = catalogue.units.get(one.unit or "")
    return None if unit is None else {"code": unit.code, "name": unit.name}


def _public(one: Incident) -> Iterator[Json]:
    for shown in evidence_of(one):
        if shown["public"]:
            yield {name: shown[name] for name in ("url", "sha256", "media_type", "time")}
