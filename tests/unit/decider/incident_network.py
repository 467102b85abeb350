"""Several incidents and the events between them, for the tests of merging."""

from random import Random
from typing import Any

from ioc.core.records import Outgoing
from ioc.core.rejections import Rejection
from ioc.core.times import MINUTE, Instant
from ioc.decider.decide import Decision, decide
from ioc.incident.event import Event
from ioc.incident.state import Incident
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, LATER, at, event

T = at("2026-04-14 08:00")
A, B, C = "field-reports:1", "field-reports:2", "field-reports:3"


def read(sent: Outgoing) -> Event:
    received = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(received, Event), received
    return received


class IncidentNetwork:
    """Incidents, and the events they sent each other that are still under way. Delivers these in any order."""

    def __init__(self, seed: int = 0) -> None:
        self.incidents: dict[str, Incident] = {}
        self.under_way: list[Event] = []
        self.sent: list[Event] = []
        self.refused: list[Rejection] = []
        self._random = Random(seed)

    def take(self, *events: Event) -> Decision:
        for happening in events:
            decision = decide(self.incidents.get(happening.incident), happening, LATER, CITY)
            if decision.state is not None:
                self.incidents[happening.incident] = decision.state
            if decision.rejection is not None:
                self.refused.append(decision.rejection)
            emitted = [read(sent) for sent in decision.emitted]
            self.sent += emitted
            self.under_way += emitted
        return decision

    def deliver(self, limit: int = 10_000) -> None:
        """Deliver what is under way, in any order, and some of it twice."""
        for _ in range(limit):
            if not self.under_way:
                return
            happening = self.under_way.pop(self._random.randrange(len(self.under_way)))
            self.take(*[happening] * self._random.choice((1, 1, 2)))
            if self._random.random() < 0.3:
                self.take(self._random.choice(self.sent))
        assert limit < 10_000, "they never stop telling each other"

    def __getitem__(self, incident_id: str) -> Incident:
        return self.incidents[incident_id]

    def children(self, incident_id: str) -> set[str]:
        return {child_id for child_id, child in self[incident_id].children.items() if not child.away}


def reported(incident_id: str, time: Instant = T, **data: Any) -> Event:
    return event("reported", time, subject=incident_id.partition(":")[2], **data)


def happened(incident_id: str, event_type: str, time: Instant, **data: Any) -> Event:
    event_id = f"{event_type}-{time}-{incident_id}"
    return event(event_type, time, event_id, subject=incident_id.partition(":")[2], **data)


def network_of(*events: Event) -> IncidentNetwork:
    """Return the incidents after these events, each delivered with all it brings about before the next."""
    network = IncidentNetwork()
    for happening in events:
        network.take(happening)
        network.deliver()
    return network


MERGED = (reported(A), reported(B, T + MINUTE), happened(B, "merged", T + 2 * MINUTE, into=A))
