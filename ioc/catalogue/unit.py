"""Units that handle incidents, and the wards of the city (units.yml, wards.yml)."""

from typing import Annotated

from msgspec import Meta, Struct

from ioc.core.scalars import Code, Latitude, Longitude, Name


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A body that handles incidents. `parent` is the unit above it."""

    code: Code
    name: Name
    parent: Code | None = None
    kind: Name = "department"


class Ward(Struct, frozen=True, forbid_unknown_fields=True):
    """A ward or commune by its five-digit code; centre in degrees WGS 84."""

    code: Code
    name: Name
    short_name: Name
    lat: Latitude
    lon: Longitude
    area_km2: Annotated[float, Meta(ge=0, le=1e9)]
