"""The dependency of routes on the incident named in their path."""

from typing import Annotated

from fastapi import Depends, Path

from api.http.problems import Problem
from api.read_model.dependencies import TheReadModel
from api.read_model.index.entry import IndexEntry

IncidentIdPath = Annotated[
    str, Path(alias="id", description="`<source slug>:<subject>`", examples=["field-reports:PA-000123"])
]


async def entry_in_path(incident_id: IncidentIdPath, model: TheReadModel) -> IndexEntry:
    """Return the incident named in the path, or 404."""
    entry = model.entry(incident_id)
    if entry is None:
        raise Problem(404, "No such incident")
    return entry


TheEntry = Annotated[IndexEntry, Depends(entry_in_path)]
