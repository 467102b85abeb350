"""A notifier's settings, read once by the command line from `IOC_*` variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ioc.catalogue.reading.load import hue_folder
from ioc.core.records import ClockKind


class NotifierSettings(BaseSettings):
    """How a notifier runs. Durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="IOC_", frozen=True, extra="ignore")

    bootstrap: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated")
    clock: ClockKind = Field(ClockKind.WALL, description="with 'event', a replay, nothing is sent outside")
    catalogue: Path = Field(default_factory=hue_folder, description="folder of the catalogue's YAML files")
    metrics_port: int = Field(0, description="port of the Prometheus metrics; 0 for none")
    session_timeout: float = Field(6.0, gt=0)
    frozen_after: float = Field(30.0, gt=0, description="how long the event loop may stand still")
    screen_url: str = Field("", description="where people open the screen; no links when empty")
    notify_group: str = Field("ioc-notify", description="consumer group of the notifiers")
    notify_too_old: float = Field(3600.0, gt=0, description="facts older than this are noted, and told to nobody")
    notify_attempts: int = Field(12, ge=1, description="how often a message is tried before it is given up")
    notify_first_wait: float = Field(1.0, gt=0, description="wait after the first failure; twice as long each time")
    notify_longest_wait: float = Field(300.0, gt=0)
    notify_timeout: float = Field(15.0, gt=0, description="how long the other side may take to answer")
