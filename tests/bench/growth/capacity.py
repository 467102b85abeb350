"""How much a place needs: events, partitions, workers, brokers, bytes, processes, and what a million events cost.

Pure arithmetic over what was measured. The `Assumed` are EXAMPLES, each in one place, to be replaced by a city's own.
"""

from collections.abc import Mapping
from math import ceil, inf

from msgspec import Struct

from ioc.core.topics import DAY_MS, TOPICS
from tests.bench.growth.footprint import Footprint

_DAY = 86_400
_GB = 1e9


class Rates(Struct, frozen=True):
    """What one process does, as the benchmarks measured it on one core.

    `worker`, `intake_single`, `intake_batched` and `open311` are microseconds of CPU an event. `restore` are states a
    second that a worker puts back, `read` those that the API reads; `held` and `shown` the bytes an incident takes in
    the one and the other. `screens` are those of one API process, at `changes` a second. `told`: from where each is.
    """

    worker: float
    restore: float
    held: float
    shown: float
    read: float
    intake_single: float
    intake_batched: float
    open311: float
    screens: float
    changes: float
    told: Mapping[str, str] = {}

    @property
    def events(self) -> float:
        """How many events a second one worker folds on a core of its own."""
        return 1e6 / self.worker


class Assumed(Struct, frozen=True):
    """What is chosen rather than measured.

    `reports` a second and a city's worth of people come at the height of a flood, with `prompt` events each at once;
    `struck` is the share of a country that one storm floods. A process may use half of its core, so that it catches up.
    """

    city: int = 1_200_000
    calm: float = 0.4
    reports: float = 20_000 / 600
    prompt: float = 2.0
    struck: float = 0.2
    busy: float = 0.5
    copies: int = 3
    session: float = 10.0
    fold_again: float = 15.0
    worker_memory: float = 4 * _GB
    api_memory: float = 16 * _GB
    api_start: float = 60.0
    disk: float = 2_000 * _GB
    replicas: int = 4_000
    network: float = 50e6
    screens: float = 1 / 20_000
    core_hour: float = 0.04
    gigabyte_month: float = 0.08


class Population(Struct, frozen=True):
    """So many people who do `use` times what those of the simulated city do; what is over is kept for `years`."""

    name: str
    people: int
    use: float = 1.0
    years: float = 1.0


class Need(Struct, frozen=True):
    """What a place needs. Rates are a second, `bytes_a_day` on all copies, `stored` and memory in bytes."""

    events_a_day: float
    peak: float
    reports_a_day: float
    incidents: float
    partitions: int
    workers: int
    states_a_worker: float
    fold_again: float
    bytes_a_day: float
    stored: float
    brokers: int
    api_memory: float
    api_start: float
    api_processes: int
    intake_processes: int
    cost: float


def need(place: Population, footprint: Footprint, rates: Rates, assumed: Assumed) -> Need:
    """Return what a place needs once it has kept all incidents for its years."""
    events = events_a_day(place, footprint, assumed)
    flood = peak(place, footprint, assumed)
    incidents = events * footprint.incidents * 365 * place.years
    for_speed = flood / rates.events / assumed.busy
    for_memory = incidents * rates.held / assumed.worker_memory
    for_restore = incidents / (rates.restore * (assumed.fold_again - assumed.session))
    workers = max(2, ceil(for_speed), ceil(for_memory), ceil(for_restore))
    partitions = partitions_for(workers)
    written = bytes_an_event(footprint) * events
    stored = assumed.copies * stored_bytes(place, footprint, events)
    return Need(
        events_a_day=events,
        peak=flood,
        reports_a_day=events * footprint.incidents,
        incidents=incidents,
        partitions=partitions,
        workers=workers,
        states_a_worker=incidents / workers,
        fold_again=assumed.session + incidents / workers / rates.restore,
        bytes_a_day=assumed.copies * written,
        stored=stored,
        brokers=_brokers(stored, flood * bytes_an_event(footprint), partitions, assumed),
        api_memory=incidents * rates.shown,
        api_start=incidents / rates.read,
        api_processes=max(2, ceil(place.people * assumed.screens / rates.screens)),
        intake_processes=max(2, ceil(flood * rates.intake_single / 1e6 / assumed.busy)),
        cost=cost_a_million(footprint, rates, assumed),
    )


def events_a_day(place: Population, footprint: Footprint, assumed: Assumed) -> float:
    """Return the events of a day, as it is on average: every tenth is stormy."""
    stormy = footprint.events / 22 * 24
    return place.people / assumed.city * place.use * stormy * (0.9 * assumed.calm + 0.1)


def peak(place: Population, footprint: Footprint, assumed: Assumed) -> float:
    """Return the events a second at the height of a flood: of a single city all of it, of a country a share."""
    cities = place.people / assumed.city
    struck = max(min(1.0, cities), cities * assumed.struck)
    calm = (cities - struck) * place.use * assumed.calm * footprint.events / 22 / 3600 * 2
    return struck * place.use * assumed.reports * assumed.prompt + calm


def bytes_an_event(footprint: Footprint) -> float:
    """Return what an event makes the broker write, once."""
    return sum(one.bytes for one in footprint.topics.values())


def stored_bytes(place: Population, footprint: Footprint, events: float) -> float:
    """Return what lies on the topics, once: days of those that are deleted, of the compacted ones the last of each key.

    States, identities and windows of days are kept for ever, windows of minutes for three days, items for forty.
    """
    kept = {str(spec.name): int(spec.config.get("retention.ms", "0")) / DAY_MS for spec in TOPICS}
    found = 0.0
    for name, one in footprint.topics.items():
        days = kept[name] or _KEPT.get(name, 365 * place.years)
        found += events * days * (one.bytes if kept[name] else one.stays)
    windows = footprint.topics["ioc.aggregates"]
    per_window = windows.stays / windows.keys if windows.keys else 0.0
    return found + events * 365 * place.years * footprint.days * per_window


# Days after which what is compacted is let go of.
_KEPT = {"ioc.aggregates": 3, "ioc.items": 40, "ioc.positions": 0}


def partitions_for(workers: int) -> int:
    """Return how many partitions four times as many workers could share, of the numbers that divide well."""
    count = 12
    while count < 4 * workers:
        count *= 2
    return count


def _brokers(stored: float, written: float, partitions: int, assumed: Assumed) -> int:
    by_disk = stored / assumed.busy / assumed.disk
    by_network = written * assumed.copies / assumed.network
    by_replicas = partitions * len(TOPICS) * assumed.copies / assumed.replicas
    return max(3, ceil(by_disk), ceil(by_network), ceil(by_replicas))


def cost_a_million(footprint: Footprint, rates: Rates, assumed: Assumed) -> float:
    """Return the price of a million events: folding, taking in one by one, brokers' share, a month's disk (EXAMPLE)."""
    # A broker's own CPU for each megabyte written to all copies is small beside a worker's: it is taken as a fifth.
    seconds = (rates.worker * 1.2 + rates.intake_single) * 1e6 / 1e6 / assumed.busy
    gigabytes = bytes_an_event(footprint) * assumed.copies * 1e6 / _GB
    return seconds / 3600 * assumed.core_hour + gigabytes * assumed.gigabyte_month


class Limit(Struct, frozen=True):
    """Where something gives way: how many people it carries."""

    what: str
    people: float
    then: str


def limits(use: float, years: float, footprint: Footprint, rates: Rates, assumed: Assumed) -> list[Limit]:
    """Return what gives way, the first first. All grow in step with the people, so each is a division."""
    unit = Population("", 100_000_000, use, years)
    one = need(unit, footprint, rates, assumed)

    def carries(used: float, most: float) -> float:
        return unit.people * most / used if used else inf

    per_partition = one.incidents / 12 / rates.restore
    sightings = one.peak / assumed.prompt * footprint.sightings
    found = [
        Limit("memory of one API process, which holds all", carries(one.api_memory, assumed.api_memory), _ARCHIVE),
        Limit("start of an API process, which reads all", carries(one.api_start, assumed.api_start), _ARCHIVE),
        Limit(
            "12 partitions folding again in time, one a worker",
            carries(per_partition, assumed.fold_again - assumed.session),
            _PARTITIONS,
        ),
        Limit(
            "12 workers' speed at the height of a flood",
            carries(one.peak, 12 * rates.events * assumed.busy),
            _PARTITIONS,
        ),
        Limit("changes a second that every screen is told", carries(one.peak, rates.changes), _SCREENS),
        Limit(
            "one partition with all sightings of the commonest kind",
            carries(sightings, rates.events * assumed.busy),
            _AREAS,
        ),
        Limit("three brokers' disks", carries(one.stored, 3 * assumed.disk * assumed.busy), "more brokers"),
    ]
    return sorted(found, key=lambda limit: limit.people)


_ARCHIVE = "let go of what has long been closed"
_PARTITIONS = "more partitions, chosen before the first event"
_SCREENS = "a screen is told of its own wards alone"
_AREAS = "key sightings by area, too"
