"""Making the topics, before any worker starts. Doing it again changes nothing."""

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from ioc.topics import TOPICS, TopicSpec


class WrongPartitions(ValueError):
    """A topic exists with another number of partitions; all of them must have the same."""


def make_topics(bootstrap: str, partitions: int, replication: int) -> list[tuple[TopicSpec, bool]]:
    """Create the topics that are missing; return each with whether it was made now."""
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
        return [(spec, spec in missing) for spec in TOPICS]
    finally:
        admin.close()


def _partitions(admin: KafkaAdminClient) -> dict[str, int]:
    """Return how many partitions each of our topics has, of those that exist."""
    known = set(admin.list_topics())
    names = [str(spec.name) for spec in TOPICS if spec.name in known]
    described = admin.describe_topics(names) if names else []
    return {str(topic.get("name", topic.get("topic"))): len(topic["partitions"]) for topic in described}


def _new(spec: TopicSpec, partitions: int, replication: int) -> NewTopic:
    return NewTopic(str(spec.name), partitions, replication, topic_configs=dict(spec.config))
