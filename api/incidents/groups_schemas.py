"""Open incidents as they are grouped."""

from pydantic import BaseModel, ConfigDict, Field

from api.http.freshness_schema import WithFreshness


class GroupShown(BaseModel):
    """Open incidents of one cause in one ward."""

    cause: str
    ward: str | None = Field(description="Null of those whose ward is not known")
    open: int
    reports: int = Field(description="With those that were merged into the open ones")
    overdue: int
    gravest: str = Field(description="The highest severity")
    oldest: str = Field(description="When the first of them was reported")
    ids: list[str] = Field(description="The first of them in the order of work")


class GroupsShown(WithFreshness):
    """Open incidents by what brings many about at once, and by ward."""

    model_config = ConfigDict(title="Groups")

    groups: list[GroupShown]
