"""The metrics that are computed at each scrape, from the read model and the backlog."""

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


def register_model_metrics(parts: Parts) -> None:
    """Add the gauges of the read model, and of the bytes that wait for the broker, to the metrics of an API."""
    registry = parts.metrics.registry
    registry.register(_ModelCollector(parts.model, parts.readiness))
    meaning = "Bytes that came over HTTP and are not yet safe with the broker"
    waiting = Gauge("ioc_api_intake_waiting_bytes", meaning, registry=registry)
    waiting.set_function(lambda: parts.backlog.bytes)


class _ModelCollector(Collector):
    def __init__(self, model: ReadModel, readiness: Readiness) -> None:
        self.model = model
        self.readiness = readiness

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges as they are now."""
        yield from self._pipeline()
        yield self._sensors()
        yield from self._incidents()

    def _pipeline(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("ioc_api_ready", "1 once the log has been read to its end", int(self.readiness.ready))
        lag = sum(beat.lag for beat in self.model.heartbeats.values())
        yield GaugeMetricFamily("ioc_api_pipeline_lag_records", "Records come but not folded, by heartbeat", lag)
        age = (freshness(self.model).age or 0) / SECOND
        meaning = "Age of the oldest partition's heartbeat; 0 while none has come"
        yield GaugeMetricFamily("ioc_api_heartbeat_age_seconds", meaning, age)

    def _sensors(self) -> Metric:
        family = GaugeMetricFamily(
            "ioc_api_sensors", "Sensors with a level in force, silent, unknown", labels=["state"]
        )
        for state, count in count_sensors(self.model.sensors.rows()).items():
            if state != "total":
                family.add_metric([state], count)
        return family

    def _incidents(self) -> Iterator[Metric]:
        by_service = live(self.model.counters())["by_service"]
        for count, meaning in (("open", "Open incidents"), ("overdue", "Open incidents past a deadline")):
            family = GaugeMetricFamily(f"ioc_api_incidents_{count}", meaning, labels=["service"])
            for service in sorted({*self.model.catalogue.services, *by_service}):
                family.add_metric([service], by_service[service][count] if service in by_service else 0)
            yield family
