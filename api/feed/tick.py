"""The tick: the pipeline's clock, how far behind it is, and which sources have fallen silent."""

from collections.abc import Iterator

from api.http.json import Json, optional_rfc3339
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from ioc.catalogue.service import Service
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.processors.serde import Heartbeat

# A source is silent once it has sent nothing for this many of its cadences.
MISSED_CADENCES = 2


def tick(model: ReadModel, build: str) -> Json:
    """Return the tick as of now."""
    wall, now, fresh = model.clock.wall(), model.now(), freshness(model)
    heartbeats = sorted(model.heartbeats.values(), key=lambda heartbeat: heartbeat.partition)
    return {
        "now": to_rfc3339(now),
        "wall": to_rfc3339(wall),
        "speed": round(model.clock.speed, 2),
        "lag": sum(heartbeat.lag for heartbeat in heartbeats),
        "as_of": optional_rfc3339(fresh.as_of),
        "stale": fresh.stale,
        "partitions": [_partition(heartbeat) for heartbeat in heartbeats],
        "sources": dict(_sources(model, now)),
        "build": build,
    }


def _partition(heartbeat: Heartbeat) -> Json:
    return {
        "partition": heartbeat.partition,
        "position": heartbeat.next,
        "lag": heartbeat.lag,
        "clock": to_rfc3339(heartbeat.clock),
        "at": to_rfc3339(heartbeat.at),
    }


def _sources(model: ReadModel, now: Instant) -> Iterator[tuple[str, Json]]:
    """Yield the city's own services, and external ones once they have sent anything."""
    for service in model.catalogue.services.values():
        seen = model.last_seen.get(service.code)
        if seen is not None or not service.external:
            yield service.code, _source(service, seen, now)


def _source(service: Service, seen: Instant | None, now: Instant) -> Json:
    silent = seen is None or now - seen > MISSED_CADENCES * service.cadence
    return {"last_seen": optional_rfc3339(seen), "cadence_s": service.cadence / SECOND, "stale": silent}
