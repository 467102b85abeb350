"""What is told of events that came over HTTP."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.problems import FaultShown


class EventJudged(BaseModel):
    """What became of one event: `taken` is safe with the broker, `refused` is not written anywhere."""

    id: str | None
    source: str | None
    subject: str | None
    key: str | None = Field(description="Of its record: the id of the incident, the sensor or the registered item")
    outcome: Literal["taken", "refused"]
    reason: str | None = Field(description="Why it is refused, as in dead letters; or `forbidden`")
    errors: list[FaultShown]


class IntakeShown(BaseModel):
    """What became of the events of a request, in their order."""

    model_config = ConfigDict(title="Intake")

    taken: int
    refused: int
    events: list[EventJudged]
