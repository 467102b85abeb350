"""The shapes of answers about the catalogue and the map."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class CategoryShown(BaseModel):
    """A kind of matter within a service."""

    code: str
    name_vi: str
    name_en: str


class ServiceShown(BaseModel):
    """A source of incidents, and the unit that answers for it."""

    code: str
    name_vi: str
    name_en: str
    unit: str | None
    online: str = Field(description="How much of it people can do online: none, partial or full")
    dossiers: bool = Field(description="What it received can be looked up by its code")
    categories: list[CategoryShown]


class UnitShown(BaseModel):
    """A body that handles matters, under its parent."""

    code: str
    name: str
    parent: str | None


class WardShown(BaseModel):
    """A ward or commune; its centre in degrees WGS 84."""

    code: str
    name: str
    lat: float
    lon: float
    area_km2: float


class CauseShown(BaseModel):
    """What brings many matters about at once."""

    id: str
    name_vi: str
    name_en: str
    matters: dict[str, list[str]] = Field(description="By service the categories; none stands for all of the service")


class CatalogueShown(BaseModel):
    """The names behind the codes, and the commands each state allows."""

    model_config = ConfigDict(title="Catalogue")

    services: list[ServiceShown]
    units: list[UnitShown]
    wards: list[WardShown]
    procedures: dict[str, int] = Field(description="How many procedures are online in full, in part, and not")
    causes: list[CauseShown]
    edition: str = Field(description="Of the files this process read; it changes when any of them does")
    in_force: list[str] = Field(description="Editions the workers fold by; this process's alone once all are restarted")
    commands: dict[str, list[str]]


class FeatureShown(BaseModel):
    """A ward on the map."""

    type: Literal["Feature"]
    id: str = Field(description="The ward's code")
    properties: dict[str, Any]
    geometry: dict[str, Any]


class MapShown(BaseModel):
    """The wards as GeoJSON (RFC 7946)."""

    model_config = ConfigDict(title="Map")

    type: Literal["FeatureCollection"]
    features: list[FeatureShown]
