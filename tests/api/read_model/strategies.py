"""Strategies for incidents, filters and maintenance windows that meet in few values, so that much of it matches."""

from hypothesis import strategies as st

from api.read_model.index.filter import Filter
from ioc.core.scalars import Priority, TargetName
from ioc.incident.dossier import Dossier
from ioc.incident.fired_step import BREACHED, FiredStep
from ioc.incident.kinship import Child
from ioc.incident.lifecycle import State
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow

NOW = 1_000_000
INSTANTS = st.integers(NOW - 5, NOW + 5)
TEXTS = ["Cây đổ", "ngập sâu 12 cm", "Đường  hỏng\tnặng", "ΣΑΣ ΟΔΟΣ", "Phú Xuân 12/3", ""]
SERVICES, CATEGORIES = ["field-reports", "flood-rain", "another"], ["trees", "flood", None]
UNITS, WARDS = ["so-y-te", "so-xay-dung", "nobody", None], ["19753", "19774", "unknown", None]
IDS = [f"{slug}:{subject}" for slug in ("field-reports", "hồ-sơ") for subject in ("PA-1", "pa-12", "PA-2:x", "Đ 3")]


clocks = st.builds(
    SlaClock,
    target=st.sampled_from(TargetName),
    base=st.just(NOW),
    total=st.just(1),
    due=st.none() | INSTANTS,
    warn=st.none() | INSTANTS,
    met=st.none() | st.none() | INSTANTS,
)
incidents = st.builds(
    Incident,
    id=st.sampled_from(IDS),
    state=st.sampled_from([state for state in State if state is not State.PENDING]),
    service=st.sampled_from(SERVICES),
    category=st.sampled_from(CATEGORIES),
    priority=st.sampled_from(Priority),
    title=st.sampled_from(TEXTS),
    text=st.sampled_from([None, *TEXTS]),
    source=st.sampled_from(["one", "two"]),
    unit=st.sampled_from(UNITS),
    units=st.sampled_from([(), ("so-y-te",), ("so-xay-dung", "nobody")]),
    ward=st.sampled_from(WARDS),
    address=st.sampled_from([None, *TEXTS]),
    assignee=st.sampled_from([None, "Tổ 2"]),
    reported_at=st.integers(NOW - 3, NOW),
    closed_at=st.none() | INSTANTS,
    clocks=st.lists(clocks, max_size=3, unique_by=lambda clock: clock.target).map(tuple),
    parent=st.sampled_from([None, *IDS[:2]]),
    children=st.sampled_from([{}, {"x": Child(1), "y": Child(1, away=True)}]),
    fired_steps=st.sampled_from([(), (FiredStep(0, "r", TargetName.RESOLVE, BREACHED, 1, NOW, NOW),)]),
    shelved_until=st.none() | st.just(NOW + 9),
    dossier=st.none() | st.just(Dossier(None, True)),
    version=st.integers(1, 4),
)


def up_to_two(values: list[str] | list[State]) -> st.SearchStrategy[list[str]]:
    """Return a strategy of lists that are mostly empty: no value narrows nothing."""
    return st.just([]) | st.lists(st.sampled_from(values), max_size=2)


optional_bools = st.none() | st.none() | st.booleans()
QUERIES = [
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
    state=up_to_two(list(State)),
    service=up_to_two(SERVICES),
    unit=up_to_two(["", "so-y-te", "nobody"]),
    ward=up_to_two(["", "19753", "unknown"]),
    parent=up_to_two(["", IDS[0]]),
    severity=up_to_two(["low", "medium", "high", "critical"]),
    overdue=optional_bools,
    shelved=optional_bools,
    open=optional_bools,
    text=st.sampled_from(QUERIES),
    maintenance=optional_bools,
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
    start=INSTANTS,
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
