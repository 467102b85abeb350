"""The fields by which an answer says how fresh it is."""

from pydantic import BaseModel, Field


class WithFreshness(BaseModel):
    """An answer that says how far the workers had come."""

    as_of: str = Field(description="The oldest heartbeat of the workers; 1970 while none has come")
    stale: bool = Field(description="True when a worker has been silent for more than 10 s")
