"""GET /catalogue and GET /map."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from api.catalogue.schemas import CatalogueShown, MapShown
from api.http.dependencies import TheSettings
from api.http.responses import json_answer
from api.read_model.dependencies import AnyReadModel
from ioc.catalogue.cause import Cause
from ioc.catalogue.service import Online
from ioc.incident.lifecycle import State, commands_in


class GeoJson(Response):
    """An answer in GeoJSON."""

    media_type = "application/geo+json"


router = APIRouter(tags=["catalogue"])

WARDS = Path(__file__).parent.parent / "screen" / "data" / "wards.json"


@router.get(
    "/catalogue", summary="Show services, units, wards and commands", responses={200: {"model": CatalogueShown}}
)
async def catalogue(model: AnyReadModel) -> Response:
    """The names behind the codes, and the commands each state allows."""
    known = model.catalogue
    in_force = {one.editions[-1].edition for one in model.positions.values() if one.editions}
    levels = Counter(procedure.online for procedure in known.procedures.values())
    return json_answer(
        {
            "services": _rows(known.services, "code", "name_vi", "name_en", "unit", "online", "dossiers", "categories"),
            "units": _rows(known.units, "code", "name", "parent"),
            "wards": _rows(known.wards, "code", "name", "lat", "lon", "area_km2"),
            "procedures": {level: levels[level] for level in Online},
            "causes": [_cause(one) for one in known.causes.values()],
            "edition": known.edition,
            "in_force": sorted(in_force),
            "commands": {state: commands_in(state) for state in State if state is not State.PENDING},
        }
    )


def _cause(cause: Cause) -> dict[str, object]:
    matters = {service: sorted(categories) for service, categories in cause.matters.items()}
    return {"id": cause.id, "name_vi": cause.name_vi, "name_en": cause.name_en, "matters": matters}


def _rows(named: Mapping[str, msgspec.Struct], *fields: str) -> list[dict[str, object]]:
    return [{field: getattr(one, field) for field in fields} for one in named.values()]


@router.get("/map", summary="Show the wards as GeoJSON", response_class=GeoJson, responses={200: {"model": MapShown}})
async def ward_map(settings: TheSettings) -> Response:
    """A FeatureCollection; the id of a feature is the ward's code."""
    path = settings.map_geojson or WARDS
    return GeoJson(path.read_bytes(), headers={"Cache-Control": "no-cache"})
