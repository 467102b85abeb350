"""The read model's indexes answer as a look at every incident would, whatever came in and whatever is asked."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.feed import screen_rows
from api.feed.screen_rows import ScreenRows
from api.http.json import encoded
from api.incidents.serializer import row
from api.read_model import read_model
from api.read_model.index import sorted_index, text_index
from api.read_model.index.bitmap import CHUNK, Marks
from api.read_model.index.entry import NEVER, WorkOrder, fold_text
from api.read_model.index.filter import Filter
from api.read_model.index.id_index import IdIndex
from api.read_model.index.sorted_index import SortedIndex, by_instant
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import to_rfc3339
from ioc.incident.lifecycle import State
from ioc.incident.state import BREACHED, Child, Dossier, FiredStep, Incident, SlaClock
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow
from ioc.processors import serde
from tests.api.read_model.brute_force import Plain

NOW = 1_000_000
MOMENTS = st.integers(NOW - 5, NOW + 5)
SAID = ["Cây đổ", "ngập sâu 12 cm", "Đường  hỏng\tnặng", "ΣΑΣ ΟΔΟΣ", "Phú Xuân 12/3", ""]
SERVICES, CATEGORIES = ["field-reports", "flood-rain", "another"], ["trees", "flood", None]
UNITS, WARDS = ["so-y-te", "so-xay-dung", "nobody", None], ["19753", "19774", "unknown", None]
IDS = [f"{slug}:{subject}" for slug in ("field-reports", "hồ-sơ") for subject in ("PA-1", "pa-12", "PA-2:x", "Đ 3")]


@pytest.fixture(autouse=True, scope="module")
def small_parts() -> Iterator[None]:
    """Let what is cut into parts be cut early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_index, "_BLOCK", 2)
        patch.setattr(text_index, "_FEW", 2)
        patch.setattr(text_index, "_MOST", 3)
        patch.setattr("api.read_model.index.bitmap._MANY", 2)
        patch.setattr(read_model, "_FEW", 3)
        yield


clocks = st.builds(
    SlaClock,
    target=st.sampled_from(TargetName),
    base=st.just(NOW),
    total=st.just(1),
    due=st.none() | MOMENTS,
    warn=st.none() | MOMENTS,
    met=st.none() | st.none() | MOMENTS,
)
incidents = st.builds(
    Incident,
    id=st.sampled_from(IDS),
    state=st.sampled_from([state for state in State if state is not State.PENDING]),
    service=st.sampled_from(SERVICES),
    category=st.sampled_from(CATEGORIES),
    priority=st.sampled_from(Priority),
    title=st.sampled_from(SAID),
    text=st.sampled_from([None, *SAID]),
    source=st.sampled_from(["one", "two"]),
    unit=st.sampled_from(UNITS),
    units=st.sampled_from([(), ("so-y-te",), ("so-xay-dung", "nobody")]),
    ward=st.sampled_from(WARDS),
    address=st.sampled_from([None, *SAID]),
    assignee=st.sampled_from([None, "Tổ 2"]),
    reported_at=st.integers(NOW - 3, NOW),
    closed_at=st.none() | MOMENTS,
    clocks=st.lists(clocks, max_size=3, unique_by=lambda clock: clock.target).map(tuple),
    parent=st.sampled_from([None, *IDS[:2]]),
    children=st.sampled_from([{}, {"x": Child(1), "y": Child(1, away=True)}]),
    fired_steps=st.sampled_from([(), (FiredStep(0, "r", TargetName.RESOLVE, BREACHED, 1, NOW, NOW),)]),
    shelved_until=st.none() | st.just(NOW + 9),
    dossier=st.none() | st.just(Dossier(None, True)),
    version=st.integers(1, 4),
)


def some(values: list[str] | list[State]) -> st.SearchStrategy[list[str]]:
    return st.just([]) | st.lists(st.sampled_from(values), max_size=2)


maybe = st.none() | st.none() | st.booleans()
SOUGHT = [
    "",
    "",
    "cay",
    "Cây ĐỔ",
    "12",
    "pa-1",
    "field",
    "xuan",
    "y te",
    "1 pa",
    "ho-so:đ",
    "σας",
    "2:x",
    "nobody",
    "z",
    "3",
]
filters = st.builds(
    Filter,
    state=some(list(State)),
    service=some(SERVICES),
    unit=some(["", "so-y-te", "nobody"]),
    ward=some(["", "19753", "unknown"]),
    parent=some(["", IDS[0]]),
    severity=some(["low", "medium", "high", "critical"]),
    overdue=maybe,
    shelved=maybe,
    open=maybe,
    text=st.sampled_from(SOUGHT),
    maintenance=maybe,
)
scopes = st.builds(
    MaintenanceScope,
    services=st.sampled_from([(), ("flood-rain",)]),
    categories=st.sampled_from([(), ("trees", "flood")]),
    units=st.sampled_from([(), ("so-y-te",)]),
    wards=st.sampled_from([(), ("19753", "unknown")]),
    sources=st.sampled_from([(), ("two",)]),
)
windows = st.builds(
    MaintenanceWindow,
    id=st.sampled_from(["w1", "w2"]),
    scope=scopes,
    start=MOMENTS,
    end=st.integers(NOW + 1, NOW + 20),
    by=st.just("Lan"),
    why=st.just("vì"),
    opened_at=st.just(NOW),
)
steps = st.lists(
    st.one_of(incidents, incidents, incidents, windows, st.sampled_from(IDS), st.integers(NOW - 6, NOW + 6)),
    min_size=1,
    max_size=30,
)
ASKED = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


class Both:
    """The read model and the rule itself, told the same."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.now = NOW
        self.model = ReadModel(catalogue, lambda: self.now)
        self.plain = Plain(catalogue)
        self.versions: dict[str, int] = {}

    def take(self, step: Incident | MaintenanceWindow | str | int) -> None:
        match step:
            case Incident():
                known = self.plain.incidents.get(step.id)
                newer = known is None or step.version > known.version
                assert self.model.upsert(serde.encode(step)) is newer
                if newer:
                    self.plain.incidents[step.id] = step
            case MaintenanceWindow():
                self.model.maintenance.put(step.id, step)
            case str():
                self.model.remove(step)
                self.plain.incidents.pop(step, None)
            case int():
                self.now = step
        self.mark()

    def load(self, steps: list[Incident]) -> None:
        """Take what there was before anybody asks."""
        self.model.loading = True
        for step in steps:
            if isinstance(step, Incident):
                self.take(step)
        for _ in self.model.settling():
            assert self.model.loading
        assert not self.model.dirty

    def mark(self) -> None:
        before = {id: self.plain.card(one).maintenance for id, one in self.plain.incidents.items()}
        self.plain.holding = self.model.maintenance.active(self.now)
        dirty, self.model.dirty = self.model.dirty, set()
        self.model.mark()
        after = {id: self.plain.card(one).maintenance for id, one in self.plain.incidents.items()}
        assert self.model.dirty == {id for id in after if after[id] != before[id]}
        self.model.dirty |= dirty

    def rows(self, most_open: int, most_closed: int) -> dict[str, bytes]:
        """Return the rows that belong on a screen, the open ones first and in their order."""
        cards = sorted(self.plain.cards(), key=lambda card: card.order)
        ended = [one for one in cards if not one.is_open and one.incident.state is not State.MERGED]
        ended.sort(key=lambda card: card.incident.closed_at or 0)
        latest = [card.incident.closed_at or 0 for card in ended[-most_closed:]]
        since = max(self.now - 2, latest[0] if len(ended) > most_closed else 0)
        first = [card for card in cards if card.is_open][:most_open]
        last = [card for card in ended if (card.incident.closed_at or 0) >= since]
        return {card.incident.id: bytes(encoded(row(card, self.now))) for card in (*first, *last)}

    def agree_on_page(self, wanted: Filter, limit: int, after: WorkOrder | None = None) -> None:
        page = self.model.page(wanted, limit, after)
        told = [card.incident.id for card in page.cards], page.next, page.total
        assert told == self.plain.page(wanted, self.now, limit, after)


@ASKED
@given(steps, st.lists(st.tuples(filters, st.integers(1, 4)), min_size=1, max_size=8))
def test_lists_hold_what_fits_in_the_order_of_work(
    catalogue: Catalogue, taken: list[Incident], asked: list[tuple[Filter, int]]
) -> None:
    both = Both(catalogue)
    for step in taken:
        both.take(step)
    for wanted, limit in [*asked, (Filter(), 2)]:
        both.agree_on_page(wanted, limit)
        for card in both.plain.cards()[:3]:
            both.agree_on_page(wanted, limit, card.order)


@ASKED
@given(steps)
def test_groups_cards_and_stretches_are_those_of_a_look_at_every_incident(
    catalogue: Catalogue, taken: list[Incident]
) -> None:
    both = Both(catalogue)
    for step in taken:
        both.take(step)
        told = both.model.groups(1)
        assert told == [{**one, "oldest": to_rfc3339(one["oldest"])} for one in both.plain.groups(both.now, 1)]
    model, plain = both.model, both.plain.cards()
    assert len(model) == len(plain)
    for one in plain:
        card = model.card(one.incident.id)
        assert card is not None
        assert (card.incident, card.maintenance) == (one.incident, one.maintenance)
    closed = {one.incident.id for one in plain if not one.is_open and one.incident.state is not State.MERGED}
    late = {id for id in closed if (both.plain.incidents[id].closed_at or 0) >= NOW}
    assert set(model.closed_between(NOW, NEVER)) == late
    stretch = sorted((one.incident.reported_at, one.incident.id) for one in plain)
    found = [card.incident.id for card in model.reported(NOW - 1, NOW + 1)]
    assert found == [id for at, id in stretch if NOW - 1 <= at < NOW + 1]
    for code in ("PA-1", "pa-12", "đ 3"):
        coded = {card.incident.id for card in model.dossiers(code)}
        assert coded == {
            one.incident.id
            for one in plain
            if one.incident.dossier is not None and one.incident.id.partition(":")[2].casefold() == code.casefold()
        }


@ASKED
@given(steps, steps, st.integers(0, 4), st.integers(1, 4))
def test_screens_hold_the_first_that_are_open_and_the_last_that_were_closed(
    catalogue: Catalogue, before: list[Incident], taken: list[Incident], most_open: int, most_closed: int
) -> None:
    both = Both(catalogue)
    both.load(before)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("MOST_OPEN", most_open), ("MOST_CLOSED", most_closed), ("CLOSED_SHOWN", 2)):
            patch.setattr(screen_rows, name, value)
        screens, screen = ScreenRows(both.model), dict[str, bytes]()
        for step in taken:
            both.take(step)
            for id, one in screens.news().items():
                if one is None:
                    del screen[id]
                else:
                    screen[id] = bytes(one)
            wanted = both.rows(most_open, most_closed)
            assert screen == wanted
            in_order = list(map(bytes, screens.in_order()))
            first = min(most_open, sum(card.is_open for card in both.plain.cards()))
            assert in_order[:first] == list(wanted.values())[:first]
            assert sorted(in_order) == sorted(wanted.values())


@ASKED
@given(st.lists(incidents, min_size=1, max_size=30), st.lists(st.tuples(filters, st.integers(1, 4)), max_size=4))
def test_what_is_read_before_anybody_asks_gives_the_picture_of_what_is_asked_after_each_record(
    catalogue: Catalogue, taken: list[Incident], asked: list[tuple[Filter, int]]
) -> None:
    loaded, followed = Both(catalogue), Both(catalogue)
    loaded.load(taken)
    for step in taken:
        followed.take(step)
        followed.agree_on_page(Filter(text="cay"), 2)
        followed.model.groups(1)
    assert loaded.plain.incidents == followed.plain.incidents
    for wanted, limit in [*asked, (Filter(), 3)]:
        loaded.agree_on_page(wanted, limit)
    one, other = loaded.model, followed.model
    assert one.groups(1) == other.groups(1)
    assert counted(one) == counted(other)
    assert [card.incident for card in one.open_cards()] == [card.incident for card in other.open_cards()]


def counted(model: ReadModel) -> dict[str, object]:
    """Return all that the tallies say, but for what they counted once and count no more."""
    tallies = model.tallies()
    return {
        "all": tallies.all,
        "by": {side: {code: one for code, one in by.items() if one["open"]} for side, by in tallies.by.items()},
        "parts": {names: part.counts for names, part in tallies.parts.items() if part.counts["open"]},
        "due": {names: tallies.due_within(3, part) for names, part in tallies.parts.items() if part.counts["open"]},
        "states": +tallies.states,
        "severities": +tallies.severities,
        "overdue": sorted(map(model._rest.id, tallies.overdue)),
    }


numbers = st.sets(st.integers(0, 3 * CHUNK), max_size=30)


@given(numbers, numbers)
def test_marks_are_sets(left: set[int], right: set[int]) -> None:
    one, other = Marks.of(left, 3 * CHUNK + 1), Marks()
    for number in right:
        other.add(number)
    for marks, plain in (
        (one, left),
        (one & other, left & right),
        (one | other, left | right),
        (one - other, left - right),
    ):
        assert list(marks) == sorted(plain)
        assert (len(marks), bool(marks)) == (len(plain), bool(plain))
        flags = marks.flags(3 * CHUNK + 1)
        assert {number for number in range(3 * CHUNK + 1) if flags[number]} == plain
    for number in left:
        other.discard(number)
    assert set(other) == right - left
    assert all((number in other) is (number in right - left) for number in left | right)


some_ids = st.lists(st.text("aB1đÉ:\x00 ", max_size=6).map(lambda one: f"s:{one}"), min_size=1, max_size=12)


@given(some_ids, some_ids, st.text("ab1de:\x00", min_size=1, max_size=3), st.data())
@settings(max_examples=60)
def test_ids_are_found_by_any_part_and_by_their_beginning(
    first: list[str], then: list[str], part: str, data: st.DataObject
) -> None:
    known = dict(enumerate(first, CHUNK - len(first) // 2))
    width = data.draw(st.integers(1, 8))
    all_ids = IdIndex(lambda number: known.get(number, ""), lambda: max(known) + 1, width)
    for round in (first, then):  # the second time others have the numbers
        for number, id in zip(list(known), round, strict=False):
            known[number] = id
            all_ids.change(number)
        within = data.draw(st.sets(st.sampled_from(sorted(known))))
        plain = {number: fold_text(known[number].partition(":")[2]) for number in within}
        marks = Marks.of(within, max(known) + 1)
        assert set(all_ids.holding(part, marks)) == {number for number in within if part in plain[number]}
        assert set(all_ids.beginning(part, marks)) == {one for one in within if plain[one].startswith(part)}


pairs = st.tuples(st.integers(0, 9), st.integers(0, 50))


@given(st.lists(pairs, unique=True, max_size=60), st.data())
def test_a_line_stays_sorted(pairs_in: list[tuple[int, int]], data: st.DataObject) -> None:
    kept: SortedIndex[int] = by_instant()
    for key, number in pairs_in:
        kept.add(key, number)
    gone = data.draw(st.lists(st.sampled_from(pairs_in), unique=True)) if pairs_in else []
    for key, number in gone:
        kept.remove(key, number)
    left = sorted(set(pairs_in) - set(gone))
    assert list(kept.between()) == [number for _, number in left]
    assert list(kept.keys()) == [key for key, _ in left]
    for low in range(10):
        for high in range(low, 11):
            inside = [number for key, number in left if low <= key < high]
            assert list(kept.between(low, high)) == inside
            assert kept.count(low, high) == len(inside)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=80))
def test_a_line_holds_what_came_and_did_not_go_again_whenever_somebody_looks(
    moves: list[tuple[int, int, bool]],
) -> None:
    kept: SortedIndex[int] = by_instant()
    here: set[tuple[int, int]] = set()
    for key, number, looked in moves:
        pair = (key, number)
        (kept.remove if pair in here else kept.add)(key, number)
        here ^= {pair}
        assert len(kept) == len(here)
        if looked:
            assert list(kept.between()) == [number for _, number in sorted(here)]
    assert list(kept.keys()) == [key for key, _ in sorted(here)]


def test_a_line_lets_many_go_at_once() -> None:
    kept: SortedIndex[int] = by_instant()
    for number in range(5_000):
        kept.add(number // 7, number)
    for number in range(0, 5_000, 2):
        kept.remove(number // 7, number)
    for number in range(0, 5_000, 4):
        kept.add(number // 7, number)
    assert list(kept.between()) == [number for number in range(5_000) if number % 4 != 2]


@given(st.text(), st.text(max_size=3))
def test_a_word_is_in_a_text_when_it_is_in_one_of_the_texts_words(text: str, part: str) -> None:
    for word in fold_text(part).split():
        assert (word in fold_text(text)) is any(word in fold_text(one) for one in text.split())
