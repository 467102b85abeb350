"""Making the topics before any worker starts. Making them again changes nothing."""

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from ioc.core.topics import TOPICS, TopicSpec
from streams.kafka_clients import admin_client

# What the figures need to be right. How long a topic is kept is its operator's to change.
_REQUIRED = ("cleanup.policy", "message.timestamp.type", "max.message.bytes")


class WrongPartitions(ValueError):
    """A topic exists with another number of partitions; all of them must have the same."""


def make_topics(bootstrap: str, partitions: int, replication: int) -> list[tuple[TopicSpec, bool]]:
    """Create the missing topics and correct the settings of the others; return each with whether it is new.

    Raises WrongPartitions, before anything is changed.
    """
    admin = admin_client(bootstrap)
    try:
        present = _partitions(admin)
        wrong = {spec.name: present[spec.name] for spec in TOPICS if present.get(spec.name, partitions) != partitions}
        if wrong:
            counts = ", ".join(f"{name} has {count}" for name, count in wrong.items())
            raise WrongPartitions(f"every topic must have {partitions} partitions, but {counts}")
        missing = [spec for spec in TOPICS if spec.name not in present]
        if missing:
            admin.create_topics([_new_topic(spec, partitions, replication) for spec in missing])
        admin.alter_configs([_required_config(spec) for spec in TOPICS if spec not in missing])
        return [(spec, spec in missing) for spec in TOPICS]
    finally:
        admin.close()


def _partitions(admin: KafkaAdminClient) -> dict[str, int]:
    """Return the number of partitions of each of our topics that exists."""
    existing = set(admin.list_topics())
    names = [str(spec.name) for spec in TOPICS if spec.name in existing]
    described = admin.describe_topics(names) if names else []
    return {str(topic.get("name", topic.get("topic"))): len(topic["partitions"]) for topic in described}


def _required_config(spec: TopicSpec) -> ConfigResource:
    settings = {name: value for name, value in spec.config.items() if name in _REQUIRED}
    return ConfigResource(ConfigResourceType.TOPIC, str(spec.name), settings)


def _new_topic(spec: TopicSpec, partitions: int, replication: int) -> NewTopic:
    return NewTopic(str(spec.name), partitions, replication, topic_configs=dict(spec.config))
