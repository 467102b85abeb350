"""A worker killed that held very many open incidents: how long until its partitions fold again, in another one."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec import Struct

from console.publisher import KeyedValue, publisher
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.editions import with_edition
from ioc.core.partitioner import partition_of
from ioc.core.records import Position, position_key
from ioc.core.topics import Topic
from ioc.processors.serde import encode
from streams.clock import now_ms
from streams.kafka_clients import reader
from streams.settings import WorkerSettings
from tests.bench.load.processes import peak_memory
from tests.bench.load.publish import PARTITIONS, publish
from tests.bench.load.states import afternoon
from tests.bench.measured import Measured, scaled
from tests.city import RunningCity, city
from tests.unit.samples import body

COUNT = 1_000_000
ON = "exactly once, killed by SIGKILL, the session timeout of operation; states held are counted afterwards"
_PATIENCE = 180.0


class Restored(Struct, frozen=True):
    """How long it took (s) until events of each partition were folded, the rebuilding alone, and the memory (MB)."""

    whole: float
    rebuilding: float
    memory: float


class Probes(Struct):
    """Events that are sent to every partition, and looked for among its facts."""

    bootstrap: str
    sent: int = 0

    def events(self) -> list[KeyedValue]:
        """Return a new report for each partition."""
        by_partition: dict[int, KeyedValue] = {}
        while len(by_partition) < PARTITIONS:
            self.sent += 1
            number = f"PROBE-{self.sent}"
            key = f"field-reports:{number}".encode()
            report = body("reported", now_ms(), f"{number}-1", number, service="field-reports")
            by_partition.setdefault(partition_of(key, PARTITIONS), (key, report))
        return list(by_partition.values())

    async def folded(self, since: float) -> float:
        """Send one to each partition; return the seconds since a moment once a fact of each is committed."""
        events = self.events()
        missing = {key for key, _ in events}
        async with reader(self.bootstrap) as facts, asyncio.timeout(_PATIENCE):
            facts.assign([TopicPartition(Topic.FACTS, number) for number in range(PARTITIONS)])
            await facts.seek_to_end()
            await publish(self.bootstrap, events)
            await _see(facts, missing)
        return time.monotonic() - since


async def _see(facts: AIOKafkaConsumer, missing: set[bytes]) -> None:
    while missing:
        for batch in (await facts.getmany(timeout_ms=100)).values():
            missing -= {record.key for record in batch}


def measure_restore(bootstrap: str, folder: Path) -> list[Measured]:
    """Return how long workers take: from the start of the first, and from when the one before them was killed."""
    count = scaled(COUNT)
    catalogue = load_catalogue(hue_folder())
    with city(bootstrap, folder, clock="wall") as centre:
        asyncio.run(_fill(bootstrap, count, catalogue))
        probes = Probes(bootstrap)
        started = _restored(centre, probes, time.monotonic(), count)
        began = time.monotonic()
        centre.kill_worker(0)
        taken_over = _restored(centre, probes, began, count)
        shared = _taken_over(centre, probes)
    return [
        *_rows(f"worker started, {count:,} open incidents", started, count),
        *_rows("killed, another started at once", taken_over, count, at_most=15),
        Measured("one of two killed, the other takes over", "until all fold", shared, "s", on=ON, at_most=15),
    ]


def _restored(centre: RunningCity, probes: Probes, began: float, count: int) -> Restored:
    """Start a worker; return how long it took until it folded, once all incidents are found with it."""
    centre.start_worker(IOC_SESSION_TIMEOUT=_usual_timeout())
    whole = asyncio.run(probes.folded(began))
    found = centre.metrics(len(centre.workers) - 1)
    held = _sum(found, "ioc_fold_states{", f'topic="{Topic.EVENTS}"')
    assert held >= count, f"the worker holds {held:,.0f} of {count:,} incidents"
    # The partitions of the events are rebuilt side by side; those of the other topics are all but empty.
    rebuilding = _sum(found, "ioc_fold_restore_seconds_sum") / PARTITIONS
    return Restored(whole, rebuilding, peak_memory(centre.workers[-1].pid))


def _taken_over(centre: RunningCity, probes: Probes) -> float:
    """Let another worker take a share of the partitions; return how long it took it to have all, the first killed."""
    centre.start_worker(IOC_SESSION_TIMEOUT=_usual_timeout())
    centre.settle()
    began = time.monotonic()
    centre.kill_worker(len(centre.workers) - 2)
    return asyncio.run(probes.folded(began))


def _usual_timeout() -> str:
    """Return the session timeout of a worker in operation: that of tests is shorter."""
    return str(WorkerSettings.model_fields["session_timeout"].default)


def _sum(metrics: Mapping[str, float], *parts: str) -> float:
    return sum(value for name, value in metrics.items() if all(part in name for part in parts))


def _rows(what: str, restored: Restored, count: int, at_most: float | None = None) -> list[Measured]:
    return [
        Measured(what, "until all fold", restored.whole, "s", on=ON, at_most=at_most),
        Measured(what, "rebuilding alone", restored.rebuilding, "s"),
        Measured(what, "rebuilt", count / restored.rebuilding, "states/s"),
        Measured(what, "memory", restored.memory, "MB"),
    ]


async def _fill(bootstrap: str, count: int, catalogue: Catalogue) -> None:
    """Put the states into the log as if they had been folded: by this catalogue, with nothing left to fold."""
    states = afternoon(catalogue, now_ms()).open_incidents(count)
    await publish(bootstrap, states, Topic.INCIDENTS, headers=[])
    position = encode(Position(editions=with_edition((), catalogue.edition, 0)))
    async with publisher(bootstrap) as producer:
        for number in range(PARTITIONS):
            key = position_key(Topic.EVENTS, number)
            await producer.send_and_wait(Topic.POSITIONS, position, key=key, partition=number)
