"""The shape of an answer about the war room, where an emergency is dealt with."""

from pydantic import BaseModel, ConfigDict, Field


class WarRoomShown(BaseModel):
    """Where those meet who deal with an emergency."""

    model_config = ConfigDict(title="WarRoom")

    url: str | None = Field(description="Null when the catalogue names none, or its variables are not set")
