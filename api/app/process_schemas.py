"""The shapes of answers about the process itself."""

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    live: bool


class Ready(BaseModel):
    """The picture has been read."""

    ready: bool
    incidents: int
    build: str = Field(description="Changes when the screen's files do")
