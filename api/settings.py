"""What the API is told from outside, read once where the process is put together."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class ApiSettings(BaseSettings):
    """Settings of the API, each also an environment variable with the prefix IOC_.

    `map_geojson` replaces the ward map of the screen; `catalogue` is the folder of the city's catalogue.
    """

    model_config = SettingsConfigDict(env_prefix="IOC_", extra="ignore")

    bootstrap: str = "localhost:9092"
    host: str = "127.0.0.1"
    port: int = 8080
    map_geojson: Path | None = None
    catalogue: Path | None = None
