"""The metrics that are read from the parts of an API at each scrape."""

from collections.abc import Iterator

from prometheus_client import Gauge
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.app.parts import Parts
from api.figures.summary import live
from api.read_model.dependencies import Readiness
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from api.read_model.sensors import count_sensors
from ioc.core.times import SECOND


def watch(parts: Parts) -> None:
    """Also show, at each scrape, how the incidents stand, and how many bytes wait for the broker."""
    registry = parts.metrics.registry
    registry.register(_Standing(parts.model, parts.readiness))
    words = "Bytes that came over HTTP and are not yet safe with the broker"
    waiting = Gauge("ioc_api_intake_waiting_bytes", words, registry=registry)
    waiting.set_function(lambda: parts.backlog.bytes)


class _Standing(Collector):
    def __init__(self, model: ReadModel, readiness: Readiness) -> None:
        self.model = model
        self.readiness = readiness

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges that are worked out when asked for."""
        yield GaugeMetricFamily("ioc_api_ready", "1 once the log has been read to its end", int(self.readiness.ready))
        lag = sum(beat.lag for beat in self.model.heartbeats.values())
        yield GaugeMetricFamily("ioc_api_pipeline_lag_records", "Records come but not folded, by heartbeat", lag)
        age = (freshness(self.model).age or 0) / SECOND
        words = "Age of the oldest partition's heartbeat; 0 while none has come"
        yield GaugeMetricFamily("ioc_api_heartbeat_age_seconds", words, age)
        family = GaugeMetricFamily(
            "ioc_api_sensors", "Sensors with a level in force, silent, unknown", labels=["state"]
        )
        for state, count in count_sensors(self.model.sensors.rows()).items():
            if state != "total":
                family.add_metric([state], count)
        yield family
        standing = live(self.model.tallies())["by_service"]
        for what, words in (("open", "Open incidents"), ("overdue", "Open incidents past a deadline")):
            family = GaugeMetricFamily(f"ioc_api_incidents_{what}", words, labels=["service"])
            for service in sorted({*self.model.catalogue.services, *standing}):
                family.add_metric([service], standing[service][what] if service in standing else 0)
            yield family
