"""The shape of an answer about a reporter."""

from pydantic import BaseModel, ConfigDict


class ReporterShown(BaseModel):
    """Who reported an incident, as far as it was said."""

    model_config = ConfigDict(title="Reporter")

    incident: str
    name: str | None
    phone: str | None
    email: str | None
    address: str | None
    id_number: str | None
