"""GET /catalogue and GET /map: the names behind the codes, and where the wards lie."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from api.catalogue.schemas import CatalogueShown, MapShown
from api.http.dependencies import TheSettings
from api.http.responses import json_response
from api.read_model.dependencies import AnyReadModel
from ioc.catalogue.cause import Cause
from ioc.catalogue.service import Online
from ioc.incident.lifecycle import State, commands_in


class GeoJson(Response):
    """A response in GeoJSON (RFC 7946)."""

    media_type = "application/geo+json"


router = APIRouter(tags=["catalogue"])

WARDS = Path(__file__).parent.parent / "screen" / "data" / "wards.json"


@router.get(
    "/catalogue", summary="Show services, units, wards and commands", responses={200: {"model": CatalogueShown}}
)
async def catalogue(model: AnyReadModel) -> Response:
    """The names behind the codes, and the commands each state allows."""
    catalogue = model.catalogue
    in_force = {position.editions[-1].edition for position in model.positions.values() if position.editions}
    levels = Counter(procedure.online for procedure in catalogue.procedures.values())
    return json_response(
        {
            "services": _rows(
                catalogue.services, "code", "name_vi", "name_en", "unit", "online", "dossiers", "categories"
            ),
            "units": _rows(catalogue.units, "code", "name", "parent"),
            "wards": _rows(catalogue.wards, "code", "name", "lat", "lon", "area_km2"),
            "procedures": {level: levels[level] for level in Online},
            "causes": [_cause(cause) for cause in catalogue.causes.values()],
            "edition": catalogue.edition,
            "in_force": sorted(in_force),
            "commands": {state: commands_in(state) for state in State if state is not State.PENDING},
        }
    )


def _cause(cause: Cause) -> dict[str, object]:
    matters = {service: sorted(categories) for service, categories in cause.matters.items()}
    return {"id": cause.id, "name_vi": cause.name_vi, "name_en": cause.name_en, "matters": matters}


def _rows(by_code: Mapping[str, msgspec.Struct], *fields: str) -> list[dict[str, object]]:
    return [{field: getattr(entity, field) for field in fields} for entity in by_code.values()]


@router.get("/map", summary="Show the wards as GeoJSON", response_class=GeoJson, responses={200: {"model": MapShown}})
async def ward_map(settings: TheSettings) -> Response:
    """A FeatureCollection; the id of a feature is the ward's code."""
    path = settings.map_geojson or WARDS
    return GeoJson(path.read_bytes(), headers={"Cache-Control": "no-cache"})
