"""Every metric of the API, declared once."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.figures.summary import live
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from api.read_model.sensors import counts
from ioc.core.times import SECOND

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

    def watch(self, model: ReadModel, ready: Callable[[], bool], waiting: Callable[[], int]) -> None:
        """Also tell, at each scrape, how the incidents stand, and how many bytes wait for the broker."""
        self.registry.register(_Standing(model, ready))
        words = "Bytes that came over HTTP and are not yet safe with the broker"
        Gauge("ioc_api_intake_waiting_bytes", words, registry=self.registry).set_function(waiting)


class _Standing(Collector):
    def __init__(self, model: ReadModel, ready: Callable[[], bool]) -> None:
        self.model = model
        self.ready = ready

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges that are worked out when asked for."""
        yield GaugeMetricFamily("ioc_api_ready", "1 once the log has been read to its end", int(self.ready()))
        lag = sum(beat.lag for beat in self.model.heartbeats.values())
        yield GaugeMetricFamily("ioc_api_pipeline_lag_records", "Records come but not folded, by heartbeat", lag)
        age = (freshness(self.model).age or 0) / SECOND
        words = "Age of the oldest partition's heartbeat; 0 while none has come"
        yield GaugeMetricFamily("ioc_api_heartbeat_age_seconds", words, age)
        family = GaugeMetricFamily(
            "ioc_api_sensors", "Sensors with a level in force, silent, unknown", labels=["state"]
        )
        for state, count in counts(self.model.sensors.rows()).items():
            if state != "total":
                family.add_metric([state], count)
        yield family
        standing = live(self.model.tallies())["by_service"]
        for what, words in (("open", "Open incidents"), ("overdue", "Open incidents past a deadline")):
            family = GaugeMetricFamily(f"ioc_api_incidents_{what}", words, labels=["service"])
            for service in sorted({*self.model.catalogue.services, *standing}):
                family.add_metric([service], standing[service][what] if service in standing else 0)
            yield family
