"""A worker's settings, read once by the command line from `IOC_*` variables."""

import socket
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ioc.catalogue.reading.load import hue_folder
from ioc.core.dead_letter_limit import DeadLetterLimit
from ioc.core.records import ClockKind


class WorkerSettings(BaseSettings):
    """How a worker runs. Durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="IOC_", frozen=True, extra="ignore")

    bootstrap: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated")
    group: str = Field("ioc-fold", description="consumer group; also the prefix of the transactional ids")
    name: str = Field(default_factory=socket.gethostname, description="the worker's name in its heartbeats")
    clock: ClockKind = Field(ClockKind.WALL, description="'wall' in operation, 'event' in a replay")
    catalogue: Path = Field(default_factory=hue_folder, description="folder of the catalogue's YAML files")
    metrics_port: int = Field(0, description="port of the Prometheus metrics; 0 for none")
    data_dir: Path = Field(Path(".local/worker"), description="Faust's own folder")
    slice_records: int = Field(2000, ge=1, description="most records in one transaction")
    tick_every: float = Field(0.25, gt=0)
    fires_a_tick: int = Field(500, ge=1, description="most deadlines announced in one transaction")
    settled_at_once: int = Field(1000, ge=1, description="most incidents settled by a new catalogue in one transaction")
    late_after: float = Field(60.0, gt=0, description="how long a tick waits for the input to catch up")
    refused_share: float = Field(0.5, gt=0, le=1, description="share of refused records above which it stops")
    refused_least: int = Field(100, ge=10, description="records from which on that share is taken")
    refused_window: int = Field(1000, ge=100, description="records over which it is taken at most")
    accept_loss: bool = Field(False, description="start although records were lost or too many refused; for one start")
    session_timeout: float = Field(6.0, gt=0)
    frozen_after: float = Field(30.0, gt=0, description="how long the event loop may stand still")

    @property
    def dead_letter_limit(self) -> DeadLetterLimit:
        """How many records may be refused before the worker stops."""
        return DeadLetterLimit(self.refused_share, self.refused_least, self.refused_window)
