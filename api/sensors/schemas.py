"""The shapes of answers about sensors, for the OpenAPI document. Times are RFC 3339 in UTC."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE: dict[str, Any] = {
    "id": "river-stations:kim-long",
    "kind": "river-level",
    "name": "Sông Hương tại Kim Long",
    "name_vi": "Mực nước sông",
    "name_en": "River level",
    "measure": "m",
    "service": "flood-rain",
    "ward": "19774",
    "lat": 16.4556,
    "lon": 107.5591,
    "direction": "above",
    "thresholds": [{"level": 1, "at": 1.0, "clear_at": 0.8}, {"level": 2, "at": 2.0, "clear_at": 1.8}],
    "silent_after_s": 1800.0,
    "value": 2.35,
    "last_value": 2.35,
    "last_at": "2025-10-27T08:30:00.000Z",
    "level": 2,
    "title_vi": "Lũ đạt báo động II",
    "title_en": "Flood alarm II",
    "priority": "high",
    "since": "2025-10-27T08:25:00.000Z",
    "incident": "river-stations:kim-long:1",
    "silent": False,
    "silent_since": None,
    "silent_incident": None,
}


class LimitsShown(BaseModel):
    """A level: reached at `at` and beyond, left at `clear_at` and on its good side."""

    level: int
    at: float
    clear_at: float


class SensorShown(BaseModel):
    """A sensor and what it measures now."""

    model_config = ConfigDict(title="Sensor", json_schema_extra={"examples": [EXAMPLE]})

    id: str = Field(description="`<source slug>:<subject>`")
    kind: str
    name: str = Field(description="Of the sensor; those of its kind are `name_vi` and `name_en`")
    name_vi: str
    name_en: str
    measure: str = Field(description="Unit of measure")
    service: str
    ward: str | None
    lat: float | None
    lon: float | None
    direction: str = Field(description="Which way it gets worse: `above` its levels, or `below` them")
    thresholds: list[LimitsShown]
    silent_after_s: float
    value: float | None = Field(description="Null while it is not known: the sensor is silent, or has never spoken")
    last_value: float | None
    last_at: str | None
    level: int = Field(description="The level in force; 0 is none")
    title_vi: str | None
    title_en: str | None
    priority: str | None
    since: str | None = Field(description="From when on the level has been in force")
    incident: str | None = Field(description="Null also once people have closed it")
    silent: bool
    silent_since: str | None
    silent_incident: str | None


class SensorCounts(BaseModel):
    """How many sensors there are; `unknown` are those of which no present value is known."""

    total: int
    at_level: int
    silent: int
    unknown: int


class IndicatorsShown(BaseModel):
    """All sensors."""

    model_config = ConfigDict(title="Indicators")

    items: list[SensorShown]
    counts: SensorCounts
    as_of: str = Field(description="The oldest heartbeat of those who fold the sensors; 1970 while none has come")
    stale: bool = Field(description="True when one of them has been silent for more than 10 s")
