"""What all processors have in common: the hooks that the streams call without knowing the kind of processor."""

import pytest

from ioc.core.records import ClockKind
from ioc.core.topics import Topic
from ioc.processors.duplicates import DuplicateProcessor
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.processor import StateGauge
from ioc.processors.registry import PROCESSORS
from ioc.processors.sensors import SensorProcessor
from tests.unit.samples import CITY, at, record


@pytest.mark.parametrize("topic", PROCESSORS)
def test_a_new_edition_is_noted_in_the_position_though_no_state_depends_on_it(topic: Topic) -> None:
    processor = PROCESSORS[topic](0, CITY, ClockKind.WALL)
    assert processor.position.editions == ()
    assert list(processor.reevaluate(10)) == []
    (edition,) = processor.position.editions
    assert (edition.edition, edition.first, edition.settled_to) == (CITY.edition, 0, None)


@pytest.mark.parametrize("topic", PROCESSORS)
def test_a_fresh_processor_holds_nothing_and_its_ticks_change_nothing(topic: Topic) -> None:
    processor = PROCESSORS[topic](0, CITY, ClockKind.WALL)
    assert (processor.state_count, processor.pending) == (0, 0)
    assert processor.gauges()[StateGauge.STATES] == 0
    changes = processor.tick(0, 10, late_input=True)
    assert (changes.empty, changes.state_count, dict(changes.fact_counts())) == (True, 0, {})


def test_only_incidents_wait_for_a_report() -> None:
    incidents = IncidentProcessor(0, CITY, ClockKind.WALL)
    changes = incidents.fold([record(0, "noted", at("2026-04-14 08:00"))])
    incidents.apply(changes)
    assert incidents.gauges() == {StateGauge.STATES: 1, StateGauge.PENDING: 1}
    assert changes.state_count == 1
    assert sum(changes.fact_counts().values()) == len(changes.facts)
    for kind in (SensorProcessor, DuplicateProcessor):
        assert StateGauge.PENDING not in kind(0, CITY, ClockKind.WALL).gauges()
