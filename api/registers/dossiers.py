"""Dossiers as anybody who knows their code may see them: state, deadline and result.

They show no names and no free text, neither of the applicant nor of the officials.
"""

from collections.abc import Iterator, Mapping

from api.http.json import Json, optional_rfc3339
from api.incidents.serializer import evidence_of
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.exhaustive import total
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident

# What a state is called in Vietnamese and in English.
STATE_WORDS: Mapping[State, tuple[str, str]] = total(
    {
        State.PENDING: ("Chưa tiếp nhận", "Not received yet"),  # never shown: only what was received is found
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
    },
    State,
)


def dossiers(model: ReadModel, code: str) -> Json:
    """Return all dossiers with a code, the latest first: several sources may use the same numbers."""
    now = model.now()
    entries = sorted(model.dossiers(code), key=lambda entry: (-entry.incident.reported_at, entry.incident.id))
    return {
        "items": [_dossier(entry.incident, now, model.catalogue) for entry in entries],
        **freshness(model).fields,
    }


def _dossier(incident: Incident, now: Instant, catalogue: Catalogue) -> Json:
    vi, en = STATE_WORDS[incident.outcome or incident.state]  # a dossier that was merged ends as the other one does
    clock = incident.clock(TargetName.RESOLVE)
    due = clock.due if clock is not None else None
    return {
        "code": incident.id.partition(":")[2],
        "service": _service(incident, catalogue),
        "procedure": _procedure(incident, catalogue),
        "unit": _unit(incident, catalogue),
        "state": incident.state,
        "state_vi": vi,
        "state_en": en,
        "received": to_rfc3339(incident.reported_at),
        "due": optional_rfc3339(due),
        "late": incident.on_time is False or (incident.is_open and due is not None and due < now),
        "paused_since": optional_rfc3339(incident.paused_at),
        "closed": optional_rfc3339(incident.closed_at),
        "evidence": list(_public_evidence(incident)),
    }


def _service(incident: Incident, catalogue: Catalogue) -> Json:
    service = catalogue.services.get(incident.service)
    if service is None:  # it was removed from the catalogue since
        return {"code": incident.service, "name_vi": incident.service, "name_en": incident.service}
    return {"code": service.code, "name_vi": service.name_vi, "name_en": service.name_en}


def _procedure(incident: Incident, catalogue: Catalogue) -> Json | None:
    """Return what was applied for: a procedure, or else the service's category."""
    codes = (incident.service, incident.category)
    procedure = catalogue.procedure_of(*codes) or catalogue.category_of(*codes)
    if procedure is None:
        return None
    return {"code": procedure.code, "name_vi": procedure.name_vi, "name_en": procedure.name_en}


def _unit(incident: Incident, catalogue: Catalogue) -> Json | None:
    unit = catalogue.units.get(incident.unit or "")
    return None if unit is None else {"code": unit.code, "name": unit.name}


def _public_evidence(incident: Incident) -> Iterator[Json]:
    for evidence in evidence_of(incident):
        if evidence["public"]:
            yield {name: evidence[name] for name in ("url", "sha256", "media_type", "time")}
