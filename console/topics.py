"""Making the topics, before any worker starts. Doing it again changes nothing."""

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from ioc.core.topics import TOPICS, TopicSpec

# What right numbers rest on. How long a topic is kept is its operator's to change.
_NEEDED = ("cleanup.policy", "message.timestamp.type", "max.message.bytes")


class WrongPartitions(ValueError):
    """A topic exists with another number of partitions; all of them must have the same."""


def make_topics(bootstrap: str, partitions: int, replication: int) -> list[tuple[TopicSpec, bool]]:
    """Create the topics that are missing, and set right what those there need; return each with whether it is new."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        present = _partitions(admin)
        wrong = {spec.name: present[spec.name] for spec in TOPICS if present.get(spec.name, partitions) != partitions}
        if wrong:
            told = ", ".join(f"{name} has {count}" for name, count in wrong.items())
            raise WrongPartitions(f"every topic must have {partitions} partitions, but {told}")
        missing = [spec for spec in TOPICS if spec.name not in present]
        if missing:
            admin.create_topics([_new(spec, partitions, replication) for spec in missing])
        admin.alter_configs([_needed(spec) for spec in TOPICS if spec not in missing])
        return [(spec, spec in missing) for spec in TOPICS]
    finally:
        admin.close()


def _partitions(admin: KafkaAdminClient) -> dict[str, int]:
    """Return how many partitions each of our topics has, of those that exist."""
    known = set(admin.list_topics())
    names = [str(spec.name) for spec in TOPICS if spec.name in known]
    described = admin.describe_topics(names) if names else []
    return {str(topic.get("name", topic.get("topic"))): len(topic["partitions"]) for topic in described}


def _needed(spec: TopicSpec) -> ConfigResource:
    wanted = {name: value for name, value in spec.config.items() if name in _NEEDED}
    return ConfigResource(ConfigResourceType.TOPIC, str(spec.name), wanted)


def _new(spec: TopicSpec, partitions: int, replication: int) -> NewTopic:
    return NewTopic(str(spec.name), partitions, replication, topic_configs=dict(spec.config))
