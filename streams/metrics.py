"""Every metric of a worker and of a notifier, declared once. Labels are bounded: never an incident, never a person."""

from typing import assert_never

from prometheus_client import Counter, Gauge, Histogram

from ioc.processors.processor import StateGauge

RECORDS = Counter("ioc_fold_records_total", "Records folded", ["topic", "partition"])
REFUSED = Counter("ioc_fold_refused_total", "Records refused into the dead letters", ["reason"])
SENT = Counter("ioc_fold_sent_total", "Records sent elsewhere in the same transaction", ["topic", "partition"])
FACTS = Counter("ioc_fold_facts_total", "Facts decided", ["kind"])
SLICE_SECONDS = Histogram(
    "ioc_fold_slice_seconds",
    "From a slice read to its transaction committed",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
LAG = Gauge("ioc_fold_lag_records", "Records that have come and are not folded yet", ["topic", "partition"])
HELD = Gauge("ioc_fold_states", "States held in memory: incidents on the events' topic", ["topic", "partition"])
PENDING = Gauge("ioc_fold_pending_incidents", "Incidents whose report has not come", ["partition"])
FIRED_LATE = Histogram(
    "ioc_fold_announced_late_seconds",
    "From the moment a deadline's step was due to its announcement",
    buckets=(0.3, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)
RESTORE_SECONDS = Histogram(
    "ioc_fold_restore_seconds", "Rebuilding one partition", buckets=(0.1, 0.5, 1, 2, 5, 10, 15, 30, 60)
)

NOTIFIER_NOTIFICATIONS = Counter(
    "ioc_notifier_notifications_total", "Changes of the ledger, by what came to be", ["channel", "status"]
)
NOTIFIER_ATTEMPTS = Counter("ioc_notifier_attempts_total", "Messages tried, by outcome", ["channel", "outcome"])
NOTIFIER_WAITING = Gauge("ioc_notifier_waiting_notifications", "Notifications held back", ["partition"])
NOTIFIER_LAG = Gauge("ioc_notifier_lag_records", "Facts that have come and are not acted on yet", ["partition"])
NOTIFIER_SECONDS = Histogram(
    "ioc_notifier_seconds",
    "From a fact read to its message taken",
    buckets=(0.1, 0.3, 1, 3, 10, 30, 60, 300, 1800, 3600, 28800),
)


def set_gauge(gauge: StateGauge, topic: str, partition: str, count: int) -> None:
    """Show what a processor counts of its state."""
    match gauge:
        case StateGauge.STATES:
            HELD.labels(topic, partition).set(count)
        case StateGauge.PENDING:
            PENDING.labels(partition).set(count)
        case _:
            assert_never(gauge)
