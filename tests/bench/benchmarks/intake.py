"""How fast events come in over HTTP and Open311: a real API, real tokens, each answered once the broker has it."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from kafka import KafkaConsumer, TopicPartition

from api.intake.admission import AdmissionPolicy, any_source
from api.intake.http_binding import BATCH, STRUCTURED, IncomingEvent
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.topics import Topic
from streams.clock import now_ms
from tests.bench.benchmarks.folding import verified
from tests.bench.load.posting import Posted, PostRequest, post_all
from tests.bench.load.processes import cpu_seconds, peak_memory
from tests.bench.load.publish import PARTITIONS
from tests.bench.load.warming import WARM
from tests.bench.load.workload import records
from tests.bench.measured import Measured, scaled
from tests.city import RunningCity, city

CLIENTS, A_BATCH, A_SECOND = 16, 100, 200
ON = f"answered once acknowledged by all copies (one broker); a token (JWT) each time; all rules of the door; {WARM}"


def measure_intake(bootstrap: str, folder: Path) -> list[Measured]:
    """Return speed and waits of single events, batches and Open311 at full load, and single events at a light one."""
    with city(bootstrap, folder, clock="wall") as centre:
        token = _start(centre)
        events = _events()
        rows = [
            *_measure(centre, token, "one event a request", _single(events, scaled(6_000))),
            *_measure(centre, token, f"batches of {A_BATCH}", _batched(events, scaled(600))),
            *_measure(centre, token, "Open311 reports", _reports(scaled(4_000))),
            *_measure(centre, token, "one event a request, light load", _single(events, scaled(3_000)), A_SECOND),
        ]
        _check(centre, rows)
        return rows


def _start(centre: RunningCity) -> str:
    """Start an API that checks tokens; return one of a producer that speaks for all sources."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    whose = {"IOC_AUTH_ISSUER": "bench", "IOC_AUTH_AUDIENCE": "ioc"}
    centre.start_api(IOC_AUTH_KEY=public, IOC_AUTH_ALGORITHM="EdDSA", **whose)
    claims = {"sub": "bench", "iss": "bench", "aud": "ioc", "exp": int(time.time()) + 3600}
    return jwt.encode({**claims, "roles": ["producer"], "sources": ["/"]}, key, "EdDSA")


def _measure(
    centre: RunningCity, token: str, what: str, posts: Iterator[PostRequest], a_second: float = 0
) -> list[Measured]:
    assert centre.api is not None
    cpu = cpu_seconds([centre.api.pid])
    posted: Posted = asyncio.run(post_all(centre.url, token, posts, CLIENTS, a_second))
    cpu = cpu_seconds([centre.api.pid]) - cpu
    load = f"{a_second:.0f} a second" if a_second else f"{CLIENTS} clients, each as fast as it is answered"
    return [
        Measured(what, "throughput", posted.events / posted.seconds, "events/s", f"{load}; {ON}"),
        Measured(what, "p50", posted.percentile(50), "ms"),
        Measured(what, "p99", posted.percentile(99), "ms"),
        Measured(what, "CPU of the API", cpu / posted.events * 1e6, "us/event"),
        Measured(what, "posted", posted.events),
        Measured(what, "most memory", peak_memory(centre.api.pid), "MB"),
    ]


def _events() -> Iterator[bytes]:
    """Yield the events of a stormy day that come in: neither what the centre's people say, nor the day's mishaps."""
    door = AdmissionPolicy(load_catalogue(hue_folder()), now_ms(), any_source)
    day = (value for _, value in records(scaled(30) + 1, now_ms()))
    return (value for value in day if door.review(IncomingEvent(value)).record is not None)


def _single(events: Iterator[bytes], count: int) -> Iterator[PostRequest]:
    return (PostRequest("/events", STRUCTURED, event) for event in islice(events, count))


def _batched(events: Iterator[bytes], count: int) -> Iterator[PostRequest]:
    for _ in range(count):
        batch = list(islice(events, A_BATCH))
        yield PostRequest("/events", BATCH, b"[" + b",".join(batch) + b"]", len(batch))


def _reports(count: int) -> Iterator[PostRequest]:
    for number in range(count):
        form = {
            "service_code": "field-reports:tree",
            "lat": f"{16.4 + number % 100 / 1000:.4f}",
            "long": "107.5909",
            "description": f"Cây đổ chắn đường, số {number}",
            "first_name": "Hoa",
            "phone": "0234 000 000",
            "attribute[ward]": "19753",
        }
        yield PostRequest("/open311/v2/requests.json", "application/x-www-form-urlencoded", urlencode(form).encode())


def _check(centre: RunningCity, rows: Iterable[Measured]) -> None:
    """See that every event that was answered is on its topic, and folds."""
    tps = [TopicPartition(Topic.EVENTS, number) for number in range(PARTITIONS)]
    consumer = KafkaConsumer(bootstrap_servers=centre.bootstrap)
    written = sum(consumer.end_offsets(tps).values())
    consumer.close()
    assert written == sum(row.value or 0 for row in rows if row.figure == "posted"), written
    centre.start_worker()
    verified(centre)
