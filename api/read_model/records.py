"""What the records of each topic change in the read model."""

from collections.abc import Callable

from aiokafka.structs import ConsumerRecord

from api.read_model.read_model import ReadModel
from ioc.core.topics import Topic
from ioc.figures.aggregates import decode_key
from ioc.processors import serde

TOPICS = (
    Topic.INCIDENTS,
    Topic.ITEMS,
    Topic.SENSORS,
    Topic.AGGREGATES,
    Topic.POSITIONS,
    Topic.WORKERS,
    Topic.NOTIFICATIONS,
    Topic.MAINTENANCE,
)


def apply_record(model: ReadModel, topic: str, key: bytes, value: bytes | None) -> None:
    """Apply one record of a topic to the read model; a value of None removes what the key names."""
    match topic:
        case Topic.INCIDENTS if value is not None:
            model.upsert(value)
        case Topic.INCIDENTS:
            model.remove(key.decode())
        case Topic.ITEMS:
            model.queues.put(key.decode(), None if value is None else serde.decode_item(value))
        case Topic.SENSORS if value is not None:
            model.put_sensor(serde.decode_sensor(value))
        case Topic.SENSORS:
            model.sensors.remove(key.decode())
        case Topic.AGGREGATES:
            partition, cell = decode_key(key)
            model.aggregates.put(partition, cell, None if value is None else serde.decode_aggregate(value))
        case Topic.POSITIONS if (
            value is not None and key.isdigit()
        ):  # those of other topics than events name it in their key
            model.positions[int(key)] = serde.decode_position(value)
        case Topic.WORKERS if value is not None:
            model.put_heartbeat(serde.decode_heartbeat(value))
        case Topic.NOTIFICATIONS:
            model.notifications.put(key.decode(), None if value is None else serde.decode_notification(value))
        case Topic.MAINTENANCE:
            model.maintenance.put(key.decode(), None if value is None else serde.decode_maintenance_window(value))
            model.refresh_maintenance()


def applier_of(model: ReadModel) -> Callable[[ConsumerRecord], None]:
    """Return what applies a record to a read model."""
    return lambda record: apply_record(model, record.topic, record.key or b"", record.value)
