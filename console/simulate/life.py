"""The life of an incident: reported, acknowledged, assigned, worked on, sometimes held up, and closed.

Each step takes a share of the target it has to meet, in the working time of its rule's calendar: most steps are in
time, and in a storm, when everybody is busy, fewer are.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from random import Random
from typing import Any

from console.simulate.planned_records import PlannedRecord, incident_record, signed_record
from console.simulate.reports import SimulatedReport
from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import SlaRule
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, MINUTE, Instant, Millis, to_rfc3339
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Evidence
from ioc.signing.signer import Signer

_SHIFTS = ("Ca trực 1", "Ca trực 2", "Ca trực 3")
_TEAMS = ("Tổ cơ động 1", "Tổ cơ động 2", "Tổ kỹ thuật", "Đội ứng cứu", "Tổ xử lý hiện trường")
_NOTES = ("Đã cử người đến hiện trường", "Đang chờ vật tư", "Đã liên hệ người phản ánh", "Đã rào chắn tạm")
_WAITS = ("Chờ người dân bổ sung thông tin", "Chờ người dân xác nhận vị trí")
_DONE = ("Đã xử lý xong", "Đã khắc phục, hoạt động bình thường", "Đã dọn dẹp hiện trường", "Đã giải quyết hồ sơ")
_ORDERS = ("Phối hợp ứng cứu", "Di dời người dân đến nơi an toàn", "Chốt chặn, phân luồng giao thông")
_CALMER = ("Nước đã rút, không còn nguy hiểm", "Đã khống chế, không còn người gặp nạn")
_RELIEF = ("bch-pctt", "cong-an-tp", "pccc", "bo-doi-bien-phong", "so-y-te")
# The shortest time a step takes, however much people hurry.
_SHORTEST = 1 * MINUTE


def _targets(report: SimulatedReport, rule: SlaRule, catalogue: Catalogue) -> Mapping[TargetName, Millis]:
    """Return the targets people work towards: a procedure can have a target of its own."""
    procedure = catalogue.procedure_of(report.subject.service, report.data["category"])
    own = {TargetName.RESOLVE: procedure.target} if procedure is not None and procedure.target is not None else {}
    return {**rule.targets, **own}


class IncidentLife:
    """The events of one incident, drawn by chance."""

    def __init__(
        self,
        report: SimulatedReport,
        rule: SlaRule,
        catalogue: Catalogue,
        chance: Random,
        leaders: Signer | None = None,
    ) -> None:
        self.report = report
        self.targets = _targets(report, rule, catalogue)
        self.calendar: Calendar = catalogue.calendars[rule.calendar]
        self.chance = chance
        self.leaders = leaders
        self.at = report.at
        self._number = 0

    def events(self) -> Iterator[PlannedRecord]:
        """Yield the events in the order in which they happen."""
        yield self._event(EventType.REPORTED, **self.report.data, evidence=self._photo(0.4))
        if self.report.is_duplicate:
            return
        if self._happens(0.03):
            yield self._after(self._share(TargetName.ACKNOWLEDGE), EventType.REJECTED, text="Không thuộc thẩm quyền")
            return
        yield self._after(self._share(TargetName.ACKNOWLEDGE), EventType.ACKNOWLEDGED, actor=self._choice(_SHIFTS))
        yield from self._directed()
        yield self._after(self._share(TargetName.ASSIGN), EventType.ASSIGNED, **self._assignment())
        yield self._after(self._share(TargetName.FIRST_RESPONSE), EventType.STARTED)
        yield from self._trouble()
        if self._happens(0.02):
            yield self._after(
                self._share(TargetName.RESOLVE) // 2, EventType.CANCELLED, text="Người phản ánh đã rút lại"
            )
            return
        yield self._resolved()
        yield from self._feedback()

    def _trouble(self) -> Iterator[PlannedRecord]:
        if self._happens(0.3):
            yield self._after(self._share(TargetName.RESOLVE) // 4, EventType.NOTED, text=self._choice(_NOTES))
        if self._happens(0.12):
            yield self._after(self._share(TargetName.RESOLVE) // 4, EventType.PAUSED, text=self._choice(_WAITS))
            yield self._after(self.chance.randint(20, 180) * MINUTE, EventType.RESUMED)
        if self._happens(0.05 + 0.15 * self.report.storm):
            yield self._after(self._share(TargetName.RESOLVE) // 4, EventType.ESCALATED, level=1)
        if self.report.data["category"] == "flood" and self._happens(0.3):
            yield self._after(self._share(TargetName.RESOLVE) // 3, EventType.UPDATED, priority=Priority.URGENT)
        elif self._is_urgent() and self._happens(0.15):
            reason = {"actor": self._choice(_SHIFTS), "text": self._choice(_CALMER)}
            yield self._after(self._share(TargetName.RESOLVE) // 3, EventType.UPDATED, priority=Priority.HIGH, **reason)
        yield from self._shelved(Random(self.report.subject.number))

    def _shelved(self, chance: Random) -> Iterator[PlannedRecord]:
        """Yield that it is shelved until the water has fallen, by a chance of its own: no other draw is changed."""
        if chance.random() < 0.05 * self.report.storm:
            self.at = self._end(_SHORTEST)
            shelved_until = to_rfc3339(self.at + chance.randint(2, 6) * HOUR)
            yield self._event(EventType.SHELVED, actor=_SHIFTS[0], text="Chờ nước rút", until=shelved_until)

    def _is_urgent(self) -> bool:
        return self.report.data["priority"] is Priority.URGENT

    def _directed(self) -> Iterator[PlannedRecord]:
        """Yield the directive that sends several units to an urgent incident in a storm, and their answers."""
        is_directed = self._is_urgent() and self._happens(0.6 * self.report.storm)
        if not is_directed or self.leaders is None:
            return
        units = self.chance.sample(_RELIEF, self.chance.randint(2, 3))
        within = self.chance.randint(2, 6) * 30 * MINUTE
        order = {"by": self.leaders.key.owner, "units": units, "text": self._choice(_ORDERS)}
        directive = self._after(_SHORTEST, EventType.DIRECTED, due=to_rfc3339(self.at + _SHORTEST + within), **order)
        yield signed_record(directive, self.leaders)
        directive_id = f"{self.report.subject.number}-{self._number}"
        for unit in units:
            yield from self._answers(directive_id, unit, within)

    def _answers(self, directive_id: str, unit: str, within: Millis) -> Iterator[PlannedRecord]:
        """Yield a unit's answers: most units are done in time, some late, a few never report it."""
        acknowledged_at = self.at + self.chance.randint(1, 20) * MINUTE
        done_at = max(acknowledged_at, self.at) + round(within * self.chance.lognormvariate(-0.7, 0.5))
        if self._happens(0.95):
            yield self._event_at(acknowledged_at, EventType.DIRECTIVE_ACKNOWLEDGED, directive=directive_id, unit=unit)
        if self._happens(0.9):
            answer = {"directive": directive_id, "unit": unit, "text": self._choice(_DONE)}
            yield self._event_at(done_at, EventType.DIRECTIVE_DONE, **answer)

    def _feedback(self) -> Iterator[PlannedRecord]:
        """Yield what the citizen makes of the result: some rate it, a few have it reopened."""
        if self._happens(0.04):
            yield self._after(self.chance.randint(10, 240) * MINUTE, EventType.REOPENED, text="Chưa xử lý dứt điểm")
            yield self._after(self._share(TargetName.FIRST_RESPONSE), EventType.STARTED)
            yield self._resolved()
        if self.report.subject.service == "field-reports" and self._happens(0.4):
            score = self.chance.choices((1, 2, 3, 4, 5), (1, 2, 6, 35, 56))[0]
            yield self._after(self.chance.randint(5, 300) * MINUTE, EventType.RATED, score=score)

    def _resolved(self) -> PlannedRecord:
        result = {"text": self._choice(_DONE), "evidence": self._result()}
        return self._after(self._share(TargetName.RESOLVE), EventType.RESOLVED, **result)

    def _photo(self, probability: float) -> list[Evidence] | None:
        """Return a photo of the place, when somebody took one."""
        if self.report.subject.service != "field-reports" or not self._happens(probability):
            return None
        return [self._evidence("jpg", "image/jpeg")]

    def _result(self) -> list[Evidence] | None:
        """Return the evidence of a solution: the result of a dossier, perhaps a photo of a field report."""
        if self.report.subject.service == "one-stop-shop":
            return [self._evidence("pdf", "application/pdf", public=True)]
        return self._photo(0.5)

    def _evidence(self, kind: str, media_type: str, public: bool = False) -> Evidence:
        url = f"https://evidence.example/{self.report.subject.number}/{self._number + 1}.{kind}"
        return Evidence(url, sha256(url.encode()).hexdigest(), media_type, public=public)

    def _assignment(self) -> dict[str, Any]:
        return {"assignee": self._choice(_TEAMS), "unit": self.report.data["unit"]}

    def _share(self, target: TargetName) -> Millis:
        """Return the working time of a step: a share of its target, or of an hour when there is none."""
        mean = 0.2 + 0.6 * self.report.storm
        share = self.chance.lognormvariate(0, 0.7) * mean
        return max(_SHORTEST, round(share * self.targets.get(target, HOUR)))

    def _after(self, working: Millis, event_type: EventType, **data: Any) -> PlannedRecord:
        self.at = self._end(working)
        return self._event(event_type, **data)

    def _end(self, working: Millis) -> Instant:
        return self.calendar.add(self.at, working)

    def _event(self, event_type: EventType, **data: Any) -> PlannedRecord:
        return self._event_at(self.at, event_type, **data)

    def _event_at(self, at: Instant, event_type: EventType, **data: Any) -> PlannedRecord:
        self._number += 1
        return incident_record(
            self.report.subject, event_type, at, f"{self.report.subject.number}-{self._number}", **data
        )

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _choice(self, words: tuple[str, ...]) -> str:
        return self.chance.choice(words)
