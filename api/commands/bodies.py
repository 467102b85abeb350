"""What each operator command may say: the bodies of orders."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from api.http.fields import Code, Line, Moment
from ioc.core.rejections import FieldError
from ioc.incident.lifecycle import COMMANDS

Said = Annotated[str, Field(min_length=1, max_length=512, pattern=r"\S")]


class Shown(BaseModel):
    """A photo or document that lies elsewhere; `public` when whoever knows the dossier's code may see it."""

    model_config = ConfigDict(extra="forbid", strict=True, title="Evidence")

    url: Annotated[str, Field(max_length=2048, description="https, without user or password")]
    sha256: Annotated[str, Field(description="Of what lies there, 64 digits in lower case")]
    media_type: Annotated[str, Field(description="Such as image/jpeg")]
    caption: Line | None = None
    public: bool = False


class CommandBody(BaseModel):
    """What every command may say: who gives it, in what words, and what there is to show for it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "text": "Đã gọi hiện trường"}]},
    )

    # Of these fields at least one must be given.
    one_of: ClassVar[tuple[str, ...]] = ()
    lacks: ClassVar[str] = ""

    actor: Line | None = None
    text: Annotated[str, Field(max_length=8192)] | None = None
    evidence: Annotated[list[Shown], Field(max_length=20)] | None = None

    def given_by(self, subject: str) -> Self:
        """Return the same as the order of the subject of a token."""
        return self.model_copy(update={"actor": subject})

    @classmethod
    def lacking(cls, said: Mapping[str, object]) -> list[FieldError]:
        """Return the fault of a body that gives none of the fields of which one is needed."""
        given = not cls.one_of or any(said.get(field) is not None for field in cls.one_of)
        return [] if given else [FieldError("body", cls.lacks)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for fault in self.lacking(self.__dict__):
            raise ValueError(fault.reason)
        return self


class Assign(CommandBody):
    """Give the matter to a unit, a person, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"actor": "Ca trực 1", "unit": "so-xay-dung"}, {"assignee": "Tổ cơ động 2"}],
            "anyOf": [{"required": ["unit"]}, {"required": ["assignee"]}],
        }
    )
    one_of = ("unit", "assignee")
    lacks = "an assignment names a unit or an assignee"

    unit: Code | None = None
    assignee: Line | None = None


class Direct(CommandBody):
    """Direct several units to act, by a moment if one is given. It is signed with the centre's own key.

    One signed elsewhere says `by` whom, at what `time`, and has its signature; the Idempotency-Key is the id signed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "units": ["so-y-te", "so-xay-dung"], "due": "2024-04-17T09:00:00+07:00"}
            ]
        }
    )

    units: Annotated[list[Code], Field(min_length=1, max_length=200)]
    due: Moment | None = None
    by: Annotated[Code | None, Field(description="Whom it comes from: the owner of the key it is signed with")] = None
    time: Annotated[Moment | None, Field(description="The time of an event signed elsewhere")] = None
    signature: Annotated[str, Field(min_length=1, max_length=512)] | None = None

    def given_by(self, subject: str) -> Self:
        """Return it as the subject's order; words that were signed elsewhere are not changed."""
        return self if self.signature is not None else super().given_by(subject)

    @classmethod
    def lacking(cls, said: Mapping[str, object]) -> list[FieldError]:
        """Return a fault of what a directive that was signed elsewhere needs, and of what only such a one has."""
        if said.get("signature") is not None:
            needed = [name for name in ("by", "time") if said.get(name) is None]
            return [FieldError(name, "needed with a signature: it was signed, too") for name in needed]
        return [] if said.get("time") is None else [FieldError("time", "given with a signature alone")]


class AnswerDirective(CommandBody):
    """Answer a directive for a unit it was given to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"directive": "7d1e", "unit": "so-y-te", "actor": "Trực ban", "text": "Đã cử xe cứu thương"}]
        }
    )

    directive: Annotated[str, Field(min_length=1, max_length=256, description="The id of its event")]
    unit: Code


class Update(CommandBody):
    """Correct what is said of the matter; what is not given stays. Lowering what is urgent needs `actor` and `text`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "priority": "urgent", "text": "Có người bị mắc kẹt"},
                {"actor": "Ca trực 1", "ward": "19753", "address": "25 Lê Lợi", "lat": 16.46, "lon": 107.59},
            ]
        }
    )
    one_of = ("service", "category", "priority", "title", "unit", "ward", "lat", "lon", "address")
    lacks = "an update changes at least one field"

    service: Code | None = None
    category: Code | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    title: Line | None = None
    unit: Code | None = None
    ward: Code | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    address: Line | None = None


class Escalate(CommandBody):
    """Raise the matter to a level of the ladder."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "level": 2, "to": "so-xay-dung", "text": "Quá hạn"}]}
    )

    level: Annotated[int, Field(ge=1, le=9)] = 1
    to: Annotated[Code | None, Field(description="The unit it is raised to")] = None


class Merge(CommandBody):
    """Say that the matter is the same as another, which it then follows; this also takes a proposal."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "into": "field-reports:PA-000119"}]}
    )

    into: Annotated[str, Field(min_length=3, max_length=321, description="The incident it is the same as")]


class Shelve(CommandBody):
    """Put the matter aside until a moment, seven days ahead at most: who does so, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "text": "Chờ nước rút", "until": "2024-04-17T09:00:00+07:00"},
            ]
        }
    )

    actor: Said
    text: Annotated[str, Field(min_length=1, max_length=8192, pattern=r"\S")]
    until: Moment


class Rate(CommandBody):
    """The citizen's verdict: a score of 1 to 5, a word, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"score": 4, "satisfaction": "satisfied"}],
            "anyOf": [{"required": ["score"]}, {"required": ["satisfaction"]}],
        }
    )
    one_of = ("score", "satisfaction")
    lacks = "a rating gives a score or a satisfaction"

    score: Annotated[int, Field(ge=1, le=5)] | None = None
    satisfaction: Literal["satisfied", "accepted", "not_satisfied"] | None = None


BODIES: dict[str, type[CommandBody]] = {
    **dict.fromkeys(COMMANDS, CommandBody),
    "assign": Assign,
    "direct": Direct,
    "acknowledge_directive": AnswerDirective,
    "report_directive": AnswerDirective,
    "update": Update,
    "escalate": Escalate,
    "rate": Rate,
    "shelve": Shelve,
    "merge": Merge,
}
