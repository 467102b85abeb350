"""The live picture: every incident, window and heartbeat that the workers wrote, kept for reading.

A record changes it only when it is newer than what is known, so reading the topics again changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest

from msgspec import Struct

from api.card import Card, Order, folded
from api.clock import PipelineClock
from api.groups import Groups
from api.ledger import Ledger
from api.queues import Queues
from api.sensors import Sensors
from api.tally import Tallies
from api.windows import Windows
from ioc.catalogue import Catalogue
from ioc.incident import Incident
from ioc.lane import Position
from ioc.lifecycle import CLOSED, OPEN, State
from ioc.notices.maintenance import Window
from ioc.notices.maintenance import Windows as MaintenanceWindows
from ioc.records import Heartbeat
from ioc.sensors.sensor import SensorState
from ioc.sources import CENTRE
from ioc.times import Instant
from ioc.topics import Topic

SIDES = ("state", "service", "unit", "ward", "parent")


class Filter(Struct, frozen=True):
    """Which incidents are wanted. An empty side lets all pass."""

    state: Sequence[str] = ()
    service: Sequence[str] = ()
    unit: Sequence[str] = ()
    ward: Sequence[str] = ()
    parent: Sequence[str] = ()
    severity: Sequence[str] = ()
    overdue: bool | None = None
    shelved: bool | None = None
    open: bool | None = None
    text: str = ""
    maintenance: bool | None = None


class Page(Struct, frozen=True):
    """Part of a list: the cards, where the next part begins, and how many there are in all."""

    cards: list[Card]
    next: Order | None
    total: int


def code_of(id: str) -> str:
    """Return the code of a dossier as it is looked up: its source's own number, in one case."""
    return id.partition(":")[2].casefold()


class ReadModel:
    """Everything the API answers from. Incidents whose report has not come are kept out of sight."""

    def __init__(self, catalogue: Catalogue, wall: Callable[[], Instant]) -> None:
        self.catalogue = catalogue
        self.clock = PipelineClock(wall)
        self.windows = Windows()
        self.ledger = Ledger()
        self.maintenance = MaintenanceWindows()
        self._holding: list[Window] = []
        self.positions: dict[int, Position] = {}
        self.heartbeats: dict[int, Heartbeat] = {}
        self.last_seen: dict[str, Instant] = {}
        self.dirty: set[str] = set()
        self.wake: Callable[[], None] = lambda: None
        self._cards: dict[str, Card] = {}
        self.tallies = Tallies()
        self.groups = Groups(catalogue.causes)
        self.queues = Queues()
        self.sensors = Sensors(catalogue)
        self._by: dict[str, dict[str, set[str]]] = {side: {} for side in SIDES}
        self._codes: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._cards)

    def now(self) -> Instant:
        """Return the pipeline's present moment in ms."""
        return self.clock.now()

    def card(self, id: str) -> Card | None:
        """Return an incident by its id; None when there is none to show."""
        return self._cards.get(id)

    def upsert(self, incident: Incident) -> bool:
        """Take over an incident unless what is known is as new; tell whether anything changed."""
        known = self._cards.get(incident.id)
        if incident.state is State.PENDING or (known is not None and known.incident.version >= incident.version):
            return False
        card = self._cards[incident.id] = Card(incident)
        card.maintenance = self._window_over(card)
        self._index(known, card)
        self._see(incident)
        self._touch(incident.id)
        return True

    def remove(self, id: str) -> None:
        """Forget an incident that was taken out of the log."""
        self._index(self._cards.pop(id, None), None)
        self._touch(id)

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
        self._holding = holding
        for card in self.open_cards():
            window = self._window_over(card)
            if window != card.maintenance:
                card.maintenance = window
                self._touch(card.incident.id)

    def _window_over(self, card: Card) -> str | None:
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
                self.last_seen[incident.service] = max(self.last_seen.get(incident.service, 0), entry.time)
                return

    def _index(self, gone: Card | None, come: Card | None) -> None:
        self.tallies.change(gone, come)
        self.groups.change(gone, come)
        if gone is not None and gone.incident.dossier is not None:
            self._codes[code_of(gone.incident.id)].discard(gone.incident.id)
        if come is not None and come.incident.dossier is not None:
            self._codes.setdefault(code_of(come.incident.id), set()).add(come.incident.id)
        for side, ids in self._by.items():
            if gone is not None:
                ids[getattr(gone.incident, side) or ""].discard(gone.incident.id)
            if come is not None:
                ids.setdefault(getattr(come.incident, side) or "", set()).add(come.incident.id)

    def dossiers(self, code: str) -> Iterator[Card]:
        """Yield the dossiers with a code, whatever its case: one for each source that has it."""
        return (self._cards[id] for id in self._codes.get(code.strip().casefold(), ()))

    def open_cards(self) -> Iterator[Card]:
        """Yield every open incident."""
        return (self._cards[id] for state in OPEN for id in self._by["state"].get(state, ()))

    def closed_since(self, since: Instant) -> Iterator[Card]:
        """Yield the incidents that were closed at or after a moment, but for those merged into others."""
        closed = (self._cards[id] for state in CLOSED - {State.MERGED} for id in self._by["state"].get(state, ()))
        return (card for card in closed if (card.incident.closed_at or 0) >= since)

    def reported(self, start: Instant, end: Instant) -> list[Card]:
        """Return the incidents reported from `start` up to `end`, in that order."""
        found = (card for card in self._cards.values() if start <= card.incident.reported_at < end)
        return sorted(found, key=lambda card: (card.incident.reported_at, card.incident.id))

    def page(self, wanted: Filter, limit: int, after: Order | None = None) -> Page:
        """Return the first `limit` incidents that fit, from behind `after` in the order of work."""
        fitting = list(self._fitting(wanted))
        rest = (card for card in fitting if after is None or card.order > after)
        cards = nsmallest(limit + 1, rest, key=lambda card: card.order)
        more = len(cards) > limit
        return Page(cards[:limit], cards[limit - 1].order if more else None, len(fitting))

    def _fitting(self, wanted: Filter) -> Iterator[Card]:
        now, words = self.now(), folded(wanted.text).split()
        for id in self._candidates(wanted):
            card = self._cards[id]
            if (
                (not wanted.severity or card.severity in wanted.severity)
                and (wanted.overdue is None or card.overdue(now) is wanted.overdue)
                and (wanted.shelved is None or card.incident.is_shelved is wanted.shelved)
                and (wanted.open is None or card.is_open is wanted.open)
                and (wanted.maintenance is None or (card.maintenance is not None) is wanted.maintenance)
                and card.says(words, self.catalogue)
            ):
                yield card

    def _candidates(self, wanted: Filter) -> Iterable[str]:
        """Return the ids that fit on every indexed side."""
        sides: Mapping[str, Sequence[str]] = {side: getattr(wanted, side) for side in SIDES}
        if wanted.open is True and not wanted.state:
            sides = {**sides, "state": sorted(OPEN)}
        found = [self._any_of(side, values) for side, values in sides.items() if values]
        return set.intersection(*found) if found else self._cards

    def _any_of(self, side: str, values: Sequence[str]) -> set[str]:
        known = self._by[side]
        return set[str]().union(*(known.get(value, set()) for value in values))
