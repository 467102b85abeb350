"""The facets of incidents: which have a given value in a field that lists are narrowed by, such as service or ward."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from pyroaring import BitMap

from api.read_model.index.entry import IndexEntry
from api.read_model.index.folding import fold_text
from api.read_model.index.id_index import IdIndex
from api.read_model.index.text_index import TextIndex, Texts
from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import OPEN, State
from ioc.notifications.maintenance import MaintenanceScope

# The facets in which every incident has a value, if only an empty one.
FILTER_FACETS = ("state", "service", "unit", "ward", "parent")

# State, severity, service, category, unit, source, the slug in the id, the units that take part, and whether it is
# shelved.
_Traits = tuple[State, str, str, str | None, str | None, str, str, tuple[str, ...], bool]
_WardAndParent = tuple[str | None, str | None]
_Values = tuple[_Traits, _WardAndParent]
# The name of a facet, and a value in it.
_FacetValue = tuple[str, str]


class Facets:
    """All incidents by their values in each facet, by their texts and by their ids.

    New incidents are pending, by all their values together, until somebody reads: many have the same.
    """

    def __init__(self, ids: IdIndex) -> None:
        self.ids = ids
        self.texts = TextIndex()
        self._all = BitMap()
        self._bitmaps: dict[_FacetValue, BitMap] = {}
        self._values: dict[str, set[str]] = {}
        self._pending_traits: defaultdict[_Traits, list[int]] = defaultdict(list)
        self._pending_wards: defaultdict[_WardAndParent, list[int]] = defaultdict(list)

    def change(self, number: int, before: IndexEntry | None, after: IndexEntry | None) -> None:
        """Replace the entry of an incident by another; None is for an incident that is new or removed."""
        if before is not None:
            self._replace(number, _values_of(before), None if after is None else _values_of(after))
            if after is None:
                self.ids.remove(number, before.incident.id)
        elif after is not None:
            traits, ward_and_parent = _values_of(after)
            self._pending_traits[traits].append(number)
            self._pending_wards[ward_and_parent].append(number)
            self.ids.add(number, after.incident.id)
        self.texts.change(number, _texts_of(before), _texts_of(after))

    def _replace(self, number: int, before: _Values, after: _Values | None) -> None:
        if before == after:
            return
        self.flush()
        old, new = _facet_values(before), _facet_values(after) if after is not None else set()
        for facet_value in old - new:
            self._bitmaps[facet_value].discard(number)
        for facet_value in new - old:
            self._bitmap(facet_value).add(number)
        if after is None:
            self._all.discard(number)

    def flush(self) -> None:
        """Add the pending incidents to each of their facets."""
        if not self._pending_traits:
            return
        for traits, numbers in self._pending_traits.items():
            self._all.update(numbers)
            self._add(_traits_values(traits), numbers)
        for ward_and_parent, numbers in self._pending_wards.items():
            self._add(_ward_and_parent_values(ward_and_parent), numbers)
        self._pending_traits.clear()
        self._pending_wards.clear()

    def _add(self, facet_values: Iterable[_FacetValue], numbers: list[int]) -> None:
        for facet_value in facet_values:
            self._bitmap(facet_value).update(numbers)

    def _bitmap(self, facet_value: _FacetValue) -> BitMap:
        bitmap = self._bitmaps.get(facet_value)
        if bitmap is None:
            bitmap = self._bitmaps[facet_value] = BitMap()
            self._values.setdefault(facet_value[0], set()).add(facet_value[1])
        return bitmap

    def flush_steps(self) -> Iterator[Callable[[], object]]:
        """Yield the calls that index what is pending, each of them short."""
        yield self.flush
        yield self.texts.flush
        yield self.ids.flush

    def any_of(self, facet: str, values: Iterable[str]) -> BitMap:
        """Return the incidents that have one of the values in a facet."""
        self.flush()
        bitmaps = (self._bitmaps[facet, value] for value in set(values) if (facet, value) in self._bitmaps)
        return _union(bitmaps)

    @property
    def all(self) -> BitMap:
        """All incidents. Not to be changed."""
        self.flush()
        return self._all

    @property
    def open(self) -> BitMap:
        """The open incidents."""
        return self.any_of("state", OPEN)

    def matching(self, word: str, catalogue: Catalogue, within: BitMap) -> BitMap:
        """Return those of `within` that have a folded word in a text, the id, or the name of the ward or unit."""
        self.flush()
        wards = self._with_name("ward", word, {code: ward.name for code, ward in catalogue.wards.items()})
        units = self._with_name("unit", word, {code: unit.name for code, unit in catalogue.units.items()})
        codes = (self._with_name(facet, word, {}) for facet in ("category", "slug"))
        matches = _union((wards, units, *codes)) & within
        matches |= self._with_id(word, within - matches)
        rest = within - matches
        return matches | (self.texts.containing(word) & rest) if rest else matches

    def _with_id(self, word: str, within: BitMap) -> BitMap:
        """Return those of `within` whose id holds a word that does not lie in the slug alone."""
        slug_end, colon, prefix = word.partition(":")
        matches = self.ids.containing(word, within)
        if colon:
            slugs = (slug for slug in self._values.get("slug", ()) if fold_text(slug).endswith(slug_end))
            matches |= self.ids.starting_with(prefix, within & self.any_of("slug", slugs))
        return matches

    def _with_name(self, facet: str, word: str, names: Mapping[str, str]) -> BitMap:
        """Return the incidents whose value in a facet has a name with this word; a code without a name is its own."""
        codes = self._values.get(facet, ())
        return self.any_of(facet, (code for code in codes if word in fold_text(names.get(code, code))))

    def in_scope(self, scope: MaintenanceScope) -> BitMap:
        """Return the incidents that a maintenance scope covers."""
        matches = BitMap() if scope.is_empty else self.all
        for facets, codes in _scope_facets(scope):
            if codes:
                matches = matches & _union(self.any_of(facet, filter(None, codes)) for facet in facets)
        return matches


def _union(bitmaps: Iterable[BitMap]) -> BitMap:
    return BitMap.union(BitMap(), *bitmaps)


def _scope_facets(scope: MaintenanceScope) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the codes of a scope, each time with the facets of which one must have such a code."""
    yield ("service",), scope.services
    yield ("category",), scope.categories
    yield ("unit", "taking part"), scope.units
    yield ("ward",), scope.wards
    yield ("source",), scope.sources


def _values_of(entry: IndexEntry) -> _Values:
    incident = entry.incident
    slug, shelved = incident.id.partition(":")[0], incident.shelved_until is not None
    kind = (incident.state, entry.severity, incident.service, incident.category, incident.unit, incident.source)
    return (*kind, slug, incident.units, shelved), (incident.ward, incident.parent)


def _facet_values(values: _Values) -> set[_FacetValue]:
    """Return each facet in which an incident has a value, with the value."""
    traits, ward_and_parent = values
    return {*_traits_values(traits), *_ward_and_parent_values(ward_and_parent)}


def _traits_values(traits: _Traits) -> Iterator[_FacetValue]:
    state, severity, service, category, unit, source, slug, units, shelved = traits
    yield "state", state.value
    yield "severity", severity
    yield "service", service
    yield "category", category or ""
    yield "unit", unit or ""
    yield "source", source
    yield "slug", slug
    for code in set(units):
        yield "taking part", code
    if shelved:
        yield "shelved", ""


def _ward_and_parent_values(ward_and_parent: _WardAndParent) -> Iterator[_FacetValue]:
    ward, parent = ward_and_parent
    yield "ward", ward or ""
    yield "parent", parent or ""


def _texts_of(entry: IndexEntry | None) -> Texts:
    incident = entry.incident if entry is not None else None
    return () if incident is None else (incident.title, incident.text, incident.address, incident.assignee)
