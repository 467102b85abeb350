"""A city's open incidents as the workers wrote them, each told apart as a real city's are, and what changes of them.

They are those of the simulated city at the height of its storm; copies have other words, places, wards and times, as
many as there would be.
"""

import random
from collections.abc import Iterator

from msgspec.structs import replace

from console.publisher import KeyedValue
from ioc.catalogue.city import Catalogue
from ioc.core.times import DAY, HOUR, Instant, Millis
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident, encode
from tests.bench.load.states import afternoon

STREETS = (
    *("Hùng Vương", "Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Bà Triệu", "Đống Đa", "Nguyễn Trãi", "Lê Duẩn"),
    *("Chi Lăng", "Bạch Đằng", "Phạm Văn Đồng", "Tố Hữu", "Hà Nội", "Ngô Quyền", "Mai Thúc Loan", "Kim Long"),
)
_NUMBERS = 2_000
# Of so many hundred one has been open for up to a month, the others since today.
_OLD = 30


class Picture:
    """Open incidents, the same for the same seed. `now` (ms) is when they are looked at."""

    def __init__(self, catalogue: Catalogue, now: Instant, seed: int = 1) -> None:
        drawn = afternoon(catalogue, now).states
        self._drawn = [decode_incident(state) for state in drawn.values()]
        self._wards = sorted(catalogue.wards)
        self._random = random.Random(seed)
        self._kept: list[Incident] = []

    def states(self, count: int, kept: int = 0) -> Iterator[KeyedValue]:
        """Yield the states of so many incidents; the first `kept` of them can change afterwards."""
        for number in range(count):
            one = self._varied(number)
            if number < kept:
                self._kept.append(one)
            yield one.id.encode(), encode(one)

    def changes(self, now: Instant, count: int) -> Iterator[KeyedValue]:
        """Yield the next states of some that were kept, changed at `now`."""
        for place in self._random.choices(range(len(self._kept)), k=count):
            one = self._kept[place]
            one = self._kept[place] = replace(one, version=one.version + 1, updated_at=now)
            yield one.id.encode(), encode(one)

    def _varied(self, number: int) -> Incident:
        draw = self._random
        one = self._drawn[number % len(self._drawn)]
        slug, _, subject = one.id.partition(":")
        shift = draw.randint(-30 * DAY, 0) if draw.randrange(100) < _OLD else draw.randint(-HOUR, 0)
        street = draw.choice(STREETS)
        return replace(
            one,
            id=f"{slug}:{subject[:-4]}{number:07}",
            title=f"{one.title} trước số {draw.randint(1, _NUMBERS)} {street}",
            address=f"{draw.randint(1, _NUMBERS)} {street}",
            ward=draw.choice(self._wards),
            reported_at=one.reported_at + shift,
            clocks=tuple(_shifted(clock, shift) for clock in one.clocks),
        )


def _shifted(clock: SlaClock, shift: Millis) -> SlaClock:
    moved = {name: at + shift for name in ("due", "warn", "met") if (at := getattr(clock, name)) is not None}
    return replace(clock, base=clock.base + shift, **moved)
