"""The tick: the pipeline's clock, how far behind it is, and which sources have fallen silent."""

from collections.abc import Iterator

from api.http.json import Json, moment
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from ioc.catalogue.service import Service
from ioc.core.times import SECOND, Instant, to_rfc3339

# A source may miss one of its turns before it is called silent.
TURNS_MISSED = 2


def tick(model: ReadModel, build: str) -> Json:
    """Return the tick as of the present moment."""
    wall, now = model.clock.wall(), model.now()
    beats = sorted(model.heartbeats.values(), key=lambda beat: beat.partition)
    fresh = freshness(model)
    return {
        "now": to_rfc3339(now),
        "wall": to_rfc3339(wall),
        "speed": round(model.clock.speed, 2),
        "lag": sum(beat.lag for beat in beats),
        "as_of": moment(fresh.as_of),
        "stale": fresh.stale,
        "partitions": [
            {
                "partition": beat.partition,
                "position": beat.next,
                "lag": beat.lag,
                "clock": to_rfc3339(beat.clock),
                "at": to_rfc3339(beat.at),
            }
            for beat in beats
        ],
        "sources": dict(_sources(model, now)),
        "build": build,
    }


def _sources(model: ReadModel, now: Instant) -> Iterator[tuple[str, Json]]:
    """Tell of the city's own services, and of another city's once it has spoken."""
    for service in model.catalogue.services.values():
        seen = model.last_seen.get(service.code)
        if seen is not None or not service.external:
            yield service.code, _source(service, seen, now)


def _source(service: Service, seen: Instant | None, now: Instant) -> Json:
    silent = seen is None or now - seen > TURNS_MISSED * service.cadence
    return {"last_seen": moment(seen), "cadence_s": service.cadence / SECOND, "stale": silent}
