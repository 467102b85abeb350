"""The shapes of answers about notifications, and about the maintenance windows that suppress them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class NotificationShown(BaseModel):
    """That one unit is told of one thing through one channel."""

    id: str
    incident: str
    occasion: str = Field(description="warned, escalated, directed, not_done, urgent, lowered, returned or still_open")
    unit: str = Field(description="The code of the unit told")
    channel: str
    urgent: bool
    status: str = Field(description="waiting, planned, sent, bundled, suppressed or failed")
    reason: str | None = Field(description="Why it waits, is suppressed or has failed")
    at: str = Field(description="When it came to its status")
    planned_at: str
    time: str = Field(description="When what it tells of holds")
    until: str | None = Field(description="Of a waiting one: not before")
    attempts: int
    message: str | None = Field(description="Those with the same are told in one message")
    window: str | None = Field(description="The maintenance window that suppressed it")
    level: int
    target: str | None
    due: str | None


class NotificationLogShown(BaseModel):
    """Part of the ledger of notifications, the newest first."""

    model_config = ConfigDict(title="Notifications")

    items: list[NotificationShown]
    next: str | None = Field(description="Send as `after` for the next page")
    total: int


class WindowShown(BaseModel):
    """A maintenance window: nobody is told of what happens in its scope while it is active."""

    id: str
    stage: Literal["coming", "active", "over", "called_off"]
    scope: dict[str, list[str]] = Field(description="Names by side; an incident is meant that has one on every side")
    begin: str = Field(alias="from")
    to: str = Field(description="Not included")
    by: str
    why: str
    opened_at: str
    ended_at: str | None = Field(description="When it was ended early")
    ended_by: str | None
    ended_why: str | None
    incidents: int = Field(description="Open incidents in the scope of an active one")


class WindowsShown(BaseModel):
    """Maintenance windows, the latest start first."""

    model_config = ConfigDict(title="Maintenance")

    items: list[WindowShown]
    total: int
