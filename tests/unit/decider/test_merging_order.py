"""Merged incidents and their parents agree in the end, in whatever order their events come."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ioc.core.times import HOUR
from ioc.incident.event import Event
from tests.unit.decider.incident_network import IncidentNetwork, T, reported
from tests.unit.samples import event

IDS = [f"field-reports:{number}" for number in range(4)]
_STEP = st.tuples(
    st.sampled_from(["merged", "merged", "unmerged", "resolved", "reopened", "cancelled", "noted"]),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(1, 24),
)


def _acyclic(steps: Sequence[tuple[str, int, int, int]], ages: Sequence[int], two: bool) -> Iterator[Event]:
    """Yield reports and what happens to them; of the merges only those into an earlier one, or of the first `two`."""
    yield from (reported(key, T + age * HOUR) for key, age in zip(IDS, ages, strict=True))
    for number, (event_type, subject, target, hour) in enumerate(steps):
        data: Mapping[str, Any] = {"into": IDS[target]} if event_type == "merged" else {}
        if not data or target < subject or (two and (subject, target) == (0, 1)):
            yield event(event_type, T + hour * HOUR, f"{event_type}-{number}", subject=str(subject), **data)


def assert_agreement(network: IncidentNetwork) -> None:
    """Check that parents and children know of each other what is so."""
    for key, incident in network.incidents.items():
        children = {child_id for child_id, child in network.incidents.items() if child.parent == key}
        assert network.children(key) == children
        assert incident.parent not in children
        if incident.parent is not None and incident.parent in network.incidents:
            assert incident.fate == network[incident.parent].fate
            assert incident.fate.ended_at is None or incident.reported_at <= incident.fate.ended_at


@given(st.lists(_STEP, max_size=14), st.lists(st.integers(0, 6), min_size=4, max_size=4), st.integers(0, 10**6))
def test_in_any_order_and_repetition_parents_and_children_agree(
    steps: list[tuple[str, int, int, int]], ages: list[int], seed: int
) -> None:
    network, random = IncidentNetwork(seed), Random(seed)
    events = list(_acyclic(steps, ages, two=True))
    random.shuffle(events)
    for happening in events:
        network.take(happening)
        network.deliver(random.randrange(4))
    network.deliver()
    assert_agreement(network)


@given(st.lists(_STEP, max_size=14), st.integers(0, 10**6), st.integers(0, 10**6))
def test_any_two_orders_end_in_the_same_states(
    steps: list[tuple[str, int, int, int]], seed: int, other_seed: int
) -> None:
    ends = []
    for order in (seed, other_seed):
        network, random = IncidentNetwork(order), Random(order)
        events = list(_acyclic(steps, [0] * 4, two=False))
        for happening in random.sample(events + events[:3], len(events[:3]) + len(events)):
            network.take(happening)
            network.deliver(random.randrange(4))
        network.deliver()
        assert_agreement(network)
        ends.append(
            {
                key: (incident.state, incident.parent, incident.fate, network.children(key))
                for key, incident in network.incidents.items()
            }
        )
    assert ends[0] == ends[1]
