"""Every metric that the API counts, declared once."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# Any other word a client sends as a method would be one more time series.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """The API's metrics in a registry of their own, so that several APIs can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ioc_api_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "ioc_api_request_seconds",
            "Time to the first byte of an answer",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.commands = Counter(
            "ioc_api_commands", "Operator commands by outcome", ("command", "outcome"), registry=self.registry
        )
        self.intake = Counter(
            "ioc_api_intake_events",
            "Events that came over HTTP, by outcome",
            ("door", "outcome"),
            registry=self.registry,
        )
        self.records = Counter("ioc_api_records_read", "Records read from the log", ("topic",), registry=self.registry)
        self.screens = Gauge("ioc_api_stream_clients", "Screens connected to the live feed", registry=self.registry)
        self.resets = Counter("ioc_api_stream_resets", "Screens told to start anew", registry=self.registry)
