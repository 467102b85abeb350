"""The dependency of routes on the incident named in their path."""

from typing import Annotated

from fastapi import Depends, Path

from api.http.problems import Problem
from api.read_model.dependencies import TheReadModel
from api.read_model.index.entry import IndexEntry

IncidentId = Annotated[str, Path(description="`<source slug>:<subject>`", examples=["field-reports:PA-000123"])]


async def known_card(id: IncidentId, model: TheReadModel) -> IndexEntry:
    """Return the incident named in the path, or 404."""
    card = model.card(id)
    if card is None:
        raise Problem(404, "No such incident")
    return card


KnownCard = Annotated[IndexEntry, Depends(known_card)]
