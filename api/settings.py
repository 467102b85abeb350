"""The settings of the API, read once by the command line from `IOC_*` variables."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ioc.catalogue import hue_folder


class ApiSettings(BaseSettings):
    """How the API is served."""

    model_config = SettingsConfigDict(env_prefix="IOC_", frozen=True, extra="ignore")

    bootstrap: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated")
    host: str = Field("127.0.0.1", description="address it listens on")
    port: int = Field(8080, ge=1, le=65535)
    map_geojson: Path | None = Field(None, description="the wards' true polygons, instead of the schematic ones")
    catalogue: Path = Field(default_factory=hue_folder, description="folder of the catalogue's YAML files")

    @field_validator("map_geojson")
    @classmethod
    def _is_there(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(f"IOC_MAP_GEOJSON names no file: {path}")
        return path
