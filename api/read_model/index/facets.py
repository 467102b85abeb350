"""What lists are narrowed by: which incidents have a name on a side, such as a service or a ward."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from api.read_model.index.bitmap import Marks
from api.read_model.index.entry import IndexEntry, folded
from api.read_model.index.id_index import IdIndex
from api.read_model.index.text_index import TextIndex, Texts
from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import OPEN, State
from ioc.notifications.maintenance import MaintenanceScope

# The sides on which every incident has a name, if only an empty one.
NAMED = ("state", "service", "unit", "ward", "parent")

# What an incident is: its state, severity, service, category, unit, source, the source's name in its id, the units that
# take part, and whether it is shelved. And where it belongs: its ward and its parent.
Kind = tuple[State, str, str, str | None, str | None, str, str, tuple[str, ...], bool]
Place = tuple[str | None, str | None]
Names = tuple[Kind, Place]


class Facets:
    """All incidents by what they have on each side, and by what they say.

    What comes waits aside until somebody looks, by what it has on all sides together: many have the same.
    """

    def __init__(self, ids: IdIndex) -> None:
        self.ids = ids
        self.words = TextIndex()
        self._all = Marks()
        self._marks: dict[tuple[str, str], Marks] = {}
        self._names: dict[str, set[str]] = {}
        self._kinds: defaultdict[Kind, list[int]] = defaultdict(list)
        self._places: defaultdict[Place, list[int]] = defaultdict(list)

    def change(self, number: int, gone: IndexEntry | None, come: IndexEntry | None) -> None:
        """Take over that one card was replaced by another."""
        if gone is not None:
            self._replace(number, _names(gone), None if come is None else _names(come))
        elif come is not None:
            kind, place = _names(come)
            self._kinds[kind].append(number)
            self._places[place].append(number)
        if gone is None or come is None:
            self.ids.change(number)
        self.words.change(number, _texts(gone), _texts(come))

    def _replace(self, number: int, gone: Names, come: Names | None) -> None:
        if gone == come:
            return
        self.settle()
        before, after = _pairs(gone), _pairs(come) if come is not None else set()
        for pair in before - after:
            self._marks[pair].discard(number)
        for pair in after - before:
            self._marked(pair).add(number)
        if come is None:
            self._all.discard(number)

    def settle(self) -> None:
        """Hand on what came to each of its sides."""
        if self._kinds:
            kinds, places, self._kinds, self._places = self._kinds, self._places, defaultdict(list), defaultdict(list)
            for kind, numbers in kinds.items():
                self._all.extend(numbers)
                self._mark(_of_kind(kind), numbers)
            for place, numbers in places.items():
                self._mark(_of_place(place), numbers)

    def _mark(self, pairs: Iterable[tuple[str, str]], numbers: list[int]) -> None:
        for pair in pairs:
            self._marked(pair).extend(numbers)

    def _marked(self, pair: tuple[str, str]) -> Marks:
        known = self._marks.get(pair)
        if known is None:
            known = self._marks[pair] = Marks()
            self._names.setdefault(pair[0], set()).add(pair[1])
        return known

    def steps(self) -> Iterator[Callable[[], object]]:
        """Yield what puts in its place what came, step by step."""
        yield self.settle
        yield from (marks.settle for marks in (self.all, *self._marks.values()))
        yield self.words.settle
        yield from self.ids.steps()

    def any_of(self, side: str, names: Iterable[str]) -> Marks:
        """Return who has one of the names on a side."""
        self.settle()
        return Marks.union(self._marks[side, name] for name in set(names) if (side, name) in self._marks)

    @property
    def all(self) -> Marks:
        """Who is there."""
        self.settle()
        return self._all

    @property
    def open(self) -> Marks:
        """Who is open."""
        return self.any_of("state", OPEN)

    def saying(self, word: str, catalogue: Catalogue, within: Marks) -> Marks:
        """Return those of `within` that say a folded word, or lie in a ward or with a unit whose name has it."""
        self.settle()
        wards = self._called("ward", word, {code: ward.name for code, ward in catalogue.wards.items()})
        units = self._called("unit", word, {code: unit.name for code, unit in catalogue.units.items()})
        plain = (self._called(side, word, {}) for side in ("category", "slug"))
        named = Marks.union((wards, units, *plain)) & within
        named = named | self._named(word, within - named)
        others = within - named
        return named | (self.words.saying(word) & others) if others else named

    def _named(self, word: str, within: Marks) -> Marks:
        """Return those of `within` whose id holds a word that is not in their source's name alone."""
        slug_end, colon, beginning = word.partition(":")
        found = self.ids.holding(word, within)
        if colon:
            slugs = (slug for slug in self._names.get("slug", ()) if folded(slug).endswith(slug_end))
            found = found | self.ids.beginning(beginning, within & self.any_of("slug", slugs))
        return found

    def _called(self, side: str, word: str, names: Mapping[str, str]) -> Marks:
        """Return who has on a side what is called so; what has no name of its own is called by its code."""
        codes = self._names.get(side, ())
        return self.any_of(side, (code for code in codes if word in folded(names.get(code, code))))

    def covered(self, scope: MaintenanceScope) -> Marks:
        """Return whom a scope covers."""
        given = (
            *(
                (("service",), scope.services),
                (("category",), scope.categories),
                (("unit", "taking part"), scope.units),
            ),
            *((("ward",), scope.wards), (("source",), scope.sources)),
        )
        found = Marks() if scope.is_empty else self.all
        for sides, wanted in given:
            if wanted:
                names = list(filter(None, wanted))
                found = found & Marks.union(self.any_of(side, names) for side in sides)
        return found


def _names(card: IndexEntry) -> Names:
    one = card.incident
    slug, shelved = one.id.partition(":")[0], one.shelved_until is not None
    kind = (one.state, card.severity, one.service, one.category, one.unit, one.source, slug, one.units, shelved)
    return kind, (one.ward, one.parent)


def _pairs(names: Names) -> set[tuple[str, str]]:
    """Return each side on which an incident has a name, with the name."""
    kind, place = names
    return {*_of_kind(kind), *_of_place(place)}


def _of_kind(kind: Kind) -> Iterator[tuple[str, str]]:
    state, severity, service, category, unit, source, slug, units, shelved = kind
    yield "state", state.value
    yield "severity", severity
    yield "service", service
    yield "category", category or ""
    yield "unit", unit or ""
    yield "source", source
    yield "slug", slug
    for one in set(units):
        yield "taking part", one
    if shelved:
        yield "shelved", ""


def _of_place(place: Place) -> Iterator[tuple[str, str]]:
    ward, parent = place
    yield "ward", ward or ""
    yield "parent", parent or ""


def _texts(card: IndexEntry | None) -> Texts:
    one = card.incident if card is not None else None
    return () if one is None else (one.title, one.text, one.address, one.assignee)
