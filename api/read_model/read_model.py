"""The live picture: every incident, window and heartbeat that the workers wrote, kept for reading.

A record changes it only when it is newer than what is known, so reading the topics again changes nothing. Incidents
lie packed; what lists, figures and groups ask of them is kept beside them, and follows as they and the clock change.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge, nsmallest
from itertools import chain, islice

from msgspec import Struct

from api.http.json import Json
from api.read_model.aggregate_store import Windows
from api.read_model.clock import PipelineClock
from api.read_model.index.bitmap import Marks
from api.read_model.index.counters import Counters, Home, Names
from api.read_model.index.entry import LAST_KEY, IndexEntry, WorkOrder, folded, id_of, key_of, report_of
from api.read_model.index.facets import NAMED, Facets
from api.read_model.index.filter import Filter, spans
from api.read_model.index.groups import Group, Groups
from api.read_model.index.id_index import IdIndex
from api.read_model.index.sorted_index import moments, works
from api.read_model.index.store import IncidentStore
from api.read_model.notification_log import NotificationIndex
from api.read_model.queues import Queues
from api.read_model.sensors import Sensors
from ioc.catalogue.city import Catalogue
from ioc.core.records import Position
from ioc.core.sources import CENTRE
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.maintenance import MaintenanceWindows as MaintenanceWindows
from ioc.processors import serde
from ioc.processors.serde import Heartbeat
from ioc.sensors.state import SensorState

# Of a severity so many that fit are looked at each; when there are more, the first are soon met in their order.
_FEW = 4_000


class Page(Struct, frozen=True):
    """Part of a list: the cards, where the next part begins, and how many there are in all."""

    cards: list[IndexEntry]
    next: WorkOrder | None
    total: int


def code_of(id: str) -> str:
    """Return the code of a dossier as it is looked up: its source's own number, in one case."""
    return id.partition(":")[2].casefold()


class ReadModel:
    """Everything the API answers from. Incidents whose report has not come are kept out of sight.

    While it is `loading`, until it is done `settling`, what changes is told to nobody: every screen starts from what is
    read by then.
    """

    def __init__(self, catalogue: Catalogue, wall: Callable[[], Instant]) -> None:
        self.catalogue = catalogue
        self.clock = PipelineClock(wall)
        self.windows = Windows()
        self.ledger = NotificationIndex()
        self.maintenance = MaintenanceWindows()
        self.positions: dict[int, Position] = {}
        self.heartbeats: dict[int, Heartbeat] = {}
        self.last_seen: dict[str, Instant] = {}
        self.loading = False
        self.dirty: set[str] = set()
        self.wake: Callable[[], None] = lambda: None
        self.queues = Queues()
        self.sensors = Sensors(catalogue)
        self._tallies = Counters()
        self._groups = Groups(catalogue.causes)
        self._homes: dict[tuple[Names, str | None], tuple[Home, list[Group]]] = {}
        self._rest = IncidentStore()
        self._sides = Facets(IdIndex(self._rest.id, lambda: self._rest.size))
        self._work = {True: works(), False: works()}
        self._closed, self._reported = moments(), moments()
        self._holding: list[MaintenanceWindow] = []
        self._codes: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._rest)

    def settling(self) -> Iterator[None]:
        """Get ready to be asked, step by step: all there was has been read. Once it is done, what changes is told."""
        lines = (*(line.settle for line in self._work.values()), self._closed.settle, self._reported.settle)
        for settle in chain(lines, self._sides.steps(), self._tallies.steps(), self._groups.steps()):
            settle()
            yield
        self.turned()
        self.loading = False

    def now(self) -> Instant:
        """Return the pipeline's present moment in ms."""
        return self.clock.now()

    def card(self, id: str) -> IndexEntry | None:
        """Return an incident by its id; None when there is none to show."""
        number = self._rest.number(id)
        return None if number is None else self._card(number)

    def _card(self, number: int) -> IndexEntry:
        card = self._rest.card(number)
        card.maintenance = self._window_over(card)
        return card

    def upsert(self, record: bytes) -> bool:
        """Take over an incident's state unless what is known is as new; tell whether anything changed."""
        come = IndexEntry(serde.decode_incident(record))
        one, number = come.incident, self._rest.number(come.incident.id)
        if one.state is State.PENDING or (number is not None and self._rest.versions[number] >= one.version):
            return False
        gone = None if number is None else self._rest.card(number)
        self._change(self._rest.put(come, record), gone, come)
        self._see(one)
        return True

    def remove(self, id: str) -> None:
        """Forget an incident that was taken out of the log."""
        number = self._rest.number(id)
        if number is not None:
            self._change(number, self._rest.card(number), None)
            self._rest.remove(id)

    def _change(self, number: int, gone: IndexEntry | None, come: IndexEntry | None) -> None:
        self._sides.change(number, gone, come)
        if gone is not None:
            self._leave(number, gone)
        if come is not None:
            self._enter(number, come)
        card = come or gone
        if card is not None and not self.loading:
            self._touch(card.incident.id)

    def _enter(self, number: int, card: IndexEntry) -> None:
        one = card.incident
        self._work[card.is_open].add(card.key, number)
        self._reported.add(one.reported_at, number)
        if card.is_open:
            home, groups = self._home(card)
            self._tallies.add(number, card, home)
            for group in groups:
                group.add(number, card)
        elif one.state is not State.MERGED:
            self._closed.add(one.closed_at or 0, number)
        if one.dossier is not None:
            code = code_of(one.id)
            self._codes[code] = (*self._codes.get(code, ()), number)

    def _leave(self, number: int, card: IndexEntry) -> None:
        one = card.incident
        self._work[card.is_open].remove(card.key, number)
        self._reported.remove(one.reported_at, number)
        if card.is_open:
            self._tallies.remove(number, card)
            for group in self._home(card)[1]:
                group.remove(number, card)
        elif one.state is not State.MERGED:
            self._closed.remove(one.closed_at or 0, number)
        if one.dossier is not None:
            self._forget_code(code_of(one.id), number)

    def _forget_code(self, code: str, number: int) -> None:
        left = tuple(other for other in self._codes[code] if other != number)
        if left:
            self._codes[code] = left
        else:
            del self._codes[code]

    def _home(self, card: IndexEntry) -> tuple[Home, list[Group]]:
        """Return where an open incident is counted. There are as many homes as there are kinds in places."""
        one = card.incident
        names = ((one.service, one.unit, one.ward), one.category)
        known = self._homes.get(names)
        if known is None:
            groups = self._groups.of(card)
            known = self._homes[names] = self._tallies.home(card, [group.counts for group in groups]), groups
        return known

    def hear(self, beat: Heartbeat) -> None:
        """Take in a heartbeat, unless a newer one of its partition is known; only the events' lane moves the clock."""
        if beat.topic is Topic.INDICATORS:
            self.sensors.hear(beat)
        if beat.topic is not Topic.EVENTS:
            return
        known = self.heartbeats.get(beat.partition)
        if known is None or beat.at >= known.at:
            self.heartbeats[beat.partition] = beat
            self.clock.hear(beat)

    def mark(self) -> None:
        """Mark the open incidents anew when other maintenance windows are active than before."""
        holding = self.maintenance.active(self.now())
        if holding == self._holding:
            return
        before = self._covered()
        self._holding = holding
        after = self._covered()
        for id in before.keys() | after.keys():
            was, is_now = before.get(id, Marks()), after.get(id, Marks())
            for changed in self._ids((was - is_now) | (is_now - was)):
                self._touch(changed)

    def _covered(self) -> dict[str, Marks]:
        """Return the open incidents by the active window each lies under: the one that ends last."""
        found, left = dict[str, Marks](), self._sides.open
        for window in self._holding:
            found[window.id] = self._sides.covered(window.scope) & left
            left = left - found[window.id]
        return found

    def covered(self, window: MaintenanceWindow) -> int:
        """Return how many open incidents lie in the scope of a window."""
        return len(self._sides.covered(window.scope) & self._sides.open)

    def _window_over(self, card: IndexEntry) -> str | None:
        """Return the active window an open incident lies under: the one that ends last."""
        over = (window.id for window in self._holding if card.is_open and window.scope.covers(card.incident))
        return next(over, None)

    def sense(self, state: SensorState) -> None:
        """Take over what is known of a sensor; its service speaks through it, too."""
        sensor = self.catalogue.sensors.get(state.id)
        if self.sensors.put(state) and sensor is not None and state.time is not None:
            service = sensor.indicator.service
            self.last_seen[service] = max(self.last_seen.get(service, 0), state.time)

    def _touch(self, id: str) -> None:
        self.dirty.add(id)
        self.wake()

    def _see(self, incident: Incident) -> None:
        for entry in reversed(incident.history):
            # What the centre says itself tells nothing of whether a source is alive.
            if not entry.source.startswith(CENTRE):
                known = self.last_seen.get(incident.service, 0)
                self.last_seen[incident.service] = entry.time if entry.time > known else known
                return

    def tallies(self, now: Instant | None = None) -> Counters:
        """Return the counts of what stands open, as of now or another moment."""
        self._tallies.move(self.now() if now is None else now)
        return self._tallies

    def groups(self, least: int, cause: str | None = None, ward: str | None = None) -> list[Json]:
        """Return the groups of `least` open incidents or more, the gravest first."""
        self._tallies.move(self.now())
        return self._groups.told(least, cause, ward)

    def turned(self) -> list[str]:
        """Return the incidents that time has made overdue, or no longer so, since this was asked last."""
        turned, self._tallies.turned = self.tallies().turned, set()
        return self._ids(turned)

    def _ids(self, numbers: Iterable[int]) -> list[str]:
        return list(map(self._rest.id, numbers))

    def end_of_open(self, count: int) -> bytes:
        """Return the key of the order of work before which the first `count` open incidents lie, or all there are."""
        line = self._work[True]
        return line.key_at(count) if len(line) > count else LAST_KEY

    def open_between(self, low: bytes, high: bytes) -> list[str]:
        """Return the open incidents from one key of the order of work up to another, in that order."""
        return self._ids(self._work[True].between(low, high))

    def closed_lately(self, since: Instant, count: int) -> Instant:
        """Return since when the last `count` were closed, or `since` when fewer were closed from then on."""
        more = len(self._closed) - count
        return max(since, self._closed.key_at(more)) if more > 0 else since

    def closed_between(self, low: Instant, high: Instant) -> list[str]:
        """Return the incidents closed from `low` up to `high`, in that order, but for those merged into others."""
        return self._ids(self._closed.between(low, high))

    def lies_behind(self, id: str, key: bytes) -> bool:
        """True of an open incident at this key of the order of work or after it."""
        number = self._rest.number(id)
        return number is not None and self._rest.keys[number] >= key and self._tallies.counts(number)

    def dossiers(self, code: str) -> Iterator[IndexEntry]:
        """Yield the dossiers with a code, whatever its case: one for each source that has it."""
        return map(self._card, self._codes.get(code.strip().casefold(), ()))

    def open_cards(self) -> Iterator[IndexEntry]:
        """Yield every open incident, in the order of work."""
        return map(self._card, self._work[True].between())

    def reported(
        self, start: Instant, end: Instant, wanted: Filter | None = None, *, newest_first: bool = False
    ) -> Iterator[IndexEntry]:
        """Yield the incidents reported from `start` up to `end`, in that order, each as it stands when it is its turn.

        Those alone that fit `wanted` now. One that is taken out meanwhile is left out.
        """
        numbers: Iterable[int] = self._reported.between(start, end)
        if wanted is not None:
            fits = self._fitting(wanted).flags(self._rest.size)
            numbers = (number for number in numbers if fits[number])
        found = sorted((report_of(self._rest.keys[number]) for number in numbers), reverse=newest_first)
        cards = (self.card(id_of(report)) for report in found)
        return (card for card in cards if card is not None)

    def page(self, wanted: Filter, limit: int, after: WorkOrder | None = None) -> Page:
        """Return the first `limit` incidents that fit, from behind `after` in the order of work."""
        fitting = self._fitting(wanted)
        behind = b"" if after is None else key_of(after)
        numbers = list(islice(self._in_order(fitting, wanted, limit + 1, behind), limit + 1))
        cards = list(map(self._card, numbers[:limit]))
        return Page(cards, cards[-1].order if len(numbers) > limit else None, len(fitting))

    def _in_order(self, fitting: Marks, wanted: Filter, limit: int, behind: bytes) -> Iterator[int]:
        """Yield `limit` of those that fit, or somewhat more, in the order of work from behind a key."""
        keys, flags = self._rest.keys, b""
        for severity, low, high in spans(wanted, self.now()):
            here = fitting & self._sides.any_of("severity", [severity]) if high > behind else Marks()
            if len(here) <= _FEW:
                yield from nsmallest(limit, (one for one in here if keys[one] > behind), key=keys.__getitem__)
            else:
                flags = flags or fitting.flags(self._rest.size)
                lines = (line.wanted(flags, max(low, behind), high) for line in self._work.values())
                yield from (one for one in merge(*lines, key=keys.__getitem__) if keys[one] > behind)

    def _fitting(self, wanted: Filter) -> Marks:
        sides = self._sides
        found = sides.all
        for side in (*NAMED, "severity"):
            names = getattr(wanted, side)
            found = found & sides.any_of(side, names) if names else found
        holds: dict[str, Callable[[], Marks]] = {
            "open": lambda: sides.open,
            "overdue": lambda: self.tallies().overdue,
            "shelved": lambda: sides.any_of("shelved", [""]),
            "maintenance": lambda: Marks.union(self._covered().values()),
        }
        for name, of in holds.items():
            if (asked := getattr(wanted, name)) is not None:
                found = found & of() if asked else found - of()
        for word in sorted(folded(wanted.text).split(), key=len, reverse=True):  # the rarest is the longest, mostly
            found = sides.saying(word, self.catalogue, found)
        return found
