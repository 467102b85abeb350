"""The fold of one slice of sightings: each report begins a cluster, joins one, or is proposed to."""

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ioc.catalogue.duplicate_policy import DuplicateAction
from ioc.core.dead_letter import DeadLetter
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import Priority
from ioc.core.times import is_plausible_instant
from ioc.decider.merging import MAX_CHILDREN
from ioc.duplicates.candidates import PART, Candidate, decode_candidate
from ioc.duplicates.clusters import Cluster
from ioc.duplicates.spatial_index import distance_m
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import derive_id, own_event
from ioc.incident.payloads import Merged, Proposed
from ioc.processors.duplicate_change_set import DuplicateChangeSet
from ioc.processors.slice_fold import STRAY, SliceFold

if TYPE_CHECKING:
    from ioc.processors.duplicates import DuplicateProcessor


_WRONG_KEY = Rejection(Reason.WRONG_KEY, (FieldError("key", "differs from '<service>/<category>'"),))

_UNREADABLE = Rejection(Reason.INVALID, (FieldError("data", "no sighting"),))


class DuplicateSliceFold(SliceFold):
    """Reads through to the processor's clusters, and writes into `changes` and the indexes alone."""

    def __init__(self, processor: "DuplicateProcessor") -> None:
        super().__init__(processor.position, processor.dead_letter_limit)
        self.processor = processor
        self.changes = DuplicateChangeSet(processor.position)

    def take(self, record: Record) -> bool:
        """Fold one record: read it, forget expired clusters, and match the candidate with the others."""
        read = self._read(record)
        if isinstance(read, Rejection):
            self.changes.dead_letters.append(DeadLetter(record, read))
            return True
        self.now = max(self.now, record.appended if self.processor.clock is ClockKind.WALL else read.at)
        self._expire()
        self._match(read)
        return False

    def _read(self, record: Record) -> Candidate | Rejection:
        try:
            candidate = decode_candidate(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _UNREADABLE
        if not (is_plausible_instant(candidate.at) and is_plausible_instant(candidate.reported_at)):
            return _UNREADABLE
        if record.key != candidate.key.encode():
            return _WRONG_KEY
        return candidate if self.processor.owns(candidate.key) else STRAY

    def _expire(self) -> None:
        while (timer := self.processor.expiry_timers.take(self.now)) is not None:
            self._store(timer.key, None)

    def _match(self, candidate: Candidate) -> None:
        incident_id = candidate.incident
        cluster = self._cluster(incident_id)
        if cluster is not None and cluster.candidate.sequence >= candidate.sequence:
            self.duplicates += 1
        elif candidate.withdrawn:
            self._store(incident_id, None)
        elif cluster is not None:
            self._store(incident_id, replace(cluster, candidate=candidate))
        elif candidate.parent is None:
            nearest = self._nearest_match(candidate) if candidate.is_query else None
            if nearest is None:
                self._store(incident_id, Cluster(candidate, candidate.reported_at, candidate.reported_at))
            else:
                self._join(candidate, nearest)

    def _nearest_match(self, report: Candidate) -> Cluster | None:
        """Return the nearest cluster that a report can belong to; of several at the same distance the oldest."""
        clusters = (self._cluster(incident_id) for incident_id in self.processor.spatial_index.near(report))
        matches = (
            (
                distance_m(report.lat, report.lon, cluster.candidate.lat, cluster.candidate.lon),
                cluster.first,
                cluster.candidate.incident,
            )
            for cluster in clusters
            if cluster is not None and cluster.is_near_in_time(report) and self._is_open(cluster)
        )
        distance, _, incident_id = min(matches, default=(report.radius_m + 1, 0, ""))
        return self._cluster(incident_id) if distance <= report.radius_m else None

    def _is_open(self, cluster: Cluster) -> bool:
        """False when it was merged into an incident that has no cluster here: nobody knows the state of that one."""
        return cluster.candidate.parent is None or self._cluster(cluster.candidate.parent) is not None

    def _join(self, report: Candidate, cluster: Cluster) -> None:
        """Merge a report into the incident of a cluster, or propose it. It does not begin a cluster of its own."""
        into = cluster.candidate.parent or cluster.candidate.incident
        is_more_urgent = report.priority is Priority.URGENT and cluster.candidate.priority is not Priority.URGENT
        proposes = is_more_urgent or report.action is DuplicateAction.PROPOSE
        event_type = EventType.PROPOSED if proposes else EventType.MERGED
        payload = (Proposed if proposes else Merged)(into=into, by_rule=report.rule)
        event_id = derive_id(report.incident, report.sequence, event_type)
        self.changes.outbox.append(own_event(PART, report.incident, event_type, report.at, event_id, payload))
        joined = cluster.with_report(report)
        self._store(cluster.candidate.incident, joined if joined.count < MAX_CHILDREN else None)

    def _cluster(self, incident_id: str) -> Cluster | None:
        changed = self.changes.clusters
        return changed[incident_id] if incident_id in changed else self.processor.clusters.get(incident_id)

    def _store(self, incident_id: str, cluster: Cluster | None) -> None:
        if cluster is None and self._cluster(incident_id) is None:
            return
        self.changes.clusters[incident_id] = cluster
        if cluster is None:
            self.processor.spatial_index.drop(incident_id)
        else:
            self.processor.spatial_index.put(cluster.candidate)
        self.processor.expiry_timers.set(incident_id, None if cluster is None else cluster.expires_at)
