"""The table of topics: what must hold of it for folds, replays and dead letters to be what they promise."""

import re

import pytest

from ioc.core.dead_letter import MAX_REASON
from ioc.core.topics import DAY_MS, MAX_EVENT_BYTES, MAX_RECORD_BYTES, TOPICS, Topic, TopicSpec

SPECS = {spec.name: spec for spec in TOPICS}
# What a key's newest record tells for ever; the rest are logs, kept for days.
STATES = {Topic.INCIDENTS, Topic.AGGREGATES, Topic.POSITIONS, Topic.WORKERS, Topic.REPORTERS, Topic.CATALOGUES}
STATES |= {Topic.ITEMS, Topic.MAINTENANCE, Topic.MATTERS, Topic.SENSORS}


def test_every_topic_is_in_the_table_once() -> None:
    assert len(TOPICS) == len(SPECS)
    assert SPECS.keys() == set(Topic)


@pytest.mark.parametrize("spec", TOPICS, ids=lambda spec: spec.name)
def test_a_topic_is_named_and_described(spec: TopicSpec) -> None:
    assert re.fullmatch(r"ioc\.[a-z]+(-[a-z]+)*", spec.name)
    assert spec.key
    assert spec.holds
    assert all(isinstance(value, str) for value in spec.config.values()), "the broker's configuration is text"


@pytest.mark.parametrize("spec", TOPICS, ids=lambda spec: spec.name)
def test_states_are_compacted_and_never_deleted_and_logs_are_kept_for_days(spec: TopicSpec) -> None:
    if spec.name in STATES:
        assert spec.config["cleanup.policy"] == "compact"
        assert "retention.ms" not in spec.config
    elif spec.name is Topic.NOTIFICATIONS:  # who was told is known for longer than any fact that could be told again
        assert spec.config["cleanup.policy"] == "compact,delete"
        assert int(spec.config["retention.ms"]) > int(SPECS[Topic.FACTS].config["retention.ms"])
    else:
        assert spec.config["cleanup.policy"] == "delete"
        assert int(spec.config["retention.ms"]) >= 7 * DAY_MS


def test_what_is_folded_is_stamped_by_the_broker_alone() -> None:
    """The append time is the `now` of every fold: a producer's own would make replays differ."""
    stamped = [spec.name for spec in TOPICS if spec.config.get("message.timestamp.type") == "LogAppendTime"]
    assert stamped == [Topic.EVENTS, Topic.INDICATORS, Topic.SIGHTINGS]


def test_a_dead_letter_is_kept_as_long_as_the_event_it_was() -> None:
    kept = {name: int(SPECS[name].config["retention.ms"]) for name in (Topic.EVENTS, Topic.DEAD_LETTERS)}
    assert kept[Topic.DEAD_LETTERS] >= kept[Topic.EVENTS]


def test_what_is_far_too_large_for_an_event_still_gets_in_and_is_kept_whole_with_its_reason() -> None:
    most = {name: int(SPECS[name].config["max.message.bytes"]) for name in (Topic.EVENTS, Topic.DEAD_LETTERS)}
    assert most[Topic.EVENTS] == MAX_RECORD_BYTES > 10 * MAX_EVENT_BYTES
    assert most[Topic.DEAD_LETTERS] > most[Topic.EVENTS] + MAX_REASON
