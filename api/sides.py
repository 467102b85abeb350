"""What lists are narrowed by: which incidents have a name on a side, such as a service or a ward."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from api.card import Card, folded
from api.ids import Ids
from api.marks import Marks
from api.words import Words
from ioc.catalogue import Catalogue
from ioc.lifecycle import OPEN
from ioc.notices.maintenance import Scope

# The sides on which every incident has a name, if only an empty one.
NAMED = ("state", "service", "unit", "ward", "parent")


class Sides:
    """All incidents by what they have on each side, and by what they say."""

    def __init__(self, ids: Ids) -> None:
        self.all = Marks()
        self.ids = ids
        self.words = Words()
        self._marks: dict[tuple[str, str], Marks] = {}
        self._names: dict[str, set[str]] = {}

    def change(self, number: int, gone: Card | None, come: Card | None) -> None:
        """Take over that one card was replaced by another."""
        before, after = _names(gone), _names(come)
        for pair in before - after:
            self._marks[pair].discard(number)
        for pair in after - before:
            self._marked(pair).add(number)
        if gone is None or come is None:
            (self.all.discard if come is None else self.all.add)(number)
            self.ids.change(number)
        self._say(number, gone, come)

    def _marked(self, pair: tuple[str, str]) -> Marks:
        known = self._marks.get(pair)
        if known is None:
            known = self._marks[pair] = Marks()
            self._names.setdefault(pair[0], set()).add(pair[1])
        return known

    def _say(self, number: int, gone: Card | None, come: Card | None) -> None:
        before, after = _texts(gone), _texts(come)
        if before != after:
            said, says = self.words.of(before), self.words.of(after)
            self.words.remove(number, said - says)
            self.words.add(number, says - said)

    def steps(self) -> Iterator[Callable[[], object]]:
        """Yield what puts in its place what came, step by step."""
        yield from (marks.settle for marks in (self.all, *self._marks.values()))
        yield self.words.settle
        yield from self.ids.steps()

    def any_of(self, side: str, names: Iterable[str]) -> Marks:
        """Return who has one of the names on a side."""
        return Marks.union(self._marks[side, name] for name in set(names) if (side, name) in self._marks)

    @property
    def open(self) -> Marks:
        """Who is open."""
        return self.any_of("state", OPEN)

    def saying(self, word: str, catalogue: Catalogue, within: Marks) -> Marks:
        """Return those of `within` that say a folded word, or lie in a ward or with a unit whose name has it."""
        wards = self._called("ward", word, {code: ward.name for code, ward in catalogue.wards.items()})
        units = self._called("unit", word, {code: unit.name for code, unit in catalogue.units.items()})
        others = (self._called(side, word, {}) for side in ("category", "slug"))
        said = Marks.union((self.words.saying(word), wards, units, *others)) & within
        return said | self._named(word, within - said)

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

    def covered(self, scope: Scope) -> Marks:
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


def _names(card: Card | None) -> set[tuple[str, str]]:
    """Return what an incident has on each side."""
    if card is None:
        return set()
    one = card.incident
    found = {
        ("state", one.state.value),  # of a plain text the hash is known, of a member of an enumeration it is worked out
        ("severity", card.severity),
        ("service", one.service),
        ("category", one.category or ""),
        ("unit", one.unit or ""),
        ("ward", one.ward or ""),
        ("parent", one.parent or ""),
        ("source", one.source),
        ("slug", one.id.partition(":")[0]),
    }
    for unit in one.units:
        found.add(("taking part", unit))
    if one.shelved_until is not None:
        found.add(("shelved", ""))
    return found


def _texts(card: Card | None) -> tuple[str | None, ...]:
    one = card.incident if card is not None else None
    return () if one is None else (one.title, one.text, one.address, one.assignee)
