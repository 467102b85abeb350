"""What each operator command may say: the bodies of the commands, derived from the payloads of their events.

A field that a payload gains is a field of the body, too.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.commands.payload_fields import derived_from, model_of
from api.http.fields import MomentField
from ioc.core.rejections import FieldError
from ioc.incident import payloads
from ioc.incident.lifecycle import COMMANDS
from ioc.processors.semantic_checks import ASSIGNED_TO_NOBODY, RATED_WITH_NOTHING, UPDATES_NOTHING


@derived_from(
    payloads.Evidence,
    url="https, without user or password",
    sha256="Of what lies there, 64 digits in lower case",
    media_type="Such as image/jpeg",
)
class EvidenceBody(BaseModel):
    """A photo or document that lies elsewhere; `public` when whoever knows the dossier's code may see it."""

    model_config = ConfigDict(extra="forbid", strict=True, title="Evidence")


@derived_from(payloads.Payload)
class CommandBody(BaseModel):
    """What every command may say: who gives it, in what words, and what there is to show for it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "text": "Đã gọi hiện trường"}]},
    )

    # Of these fields at least one must be given, else `lacks_all` is the reason of the refusal.
    one_of: ClassVar[tuple[str, ...]] = ()
    lacks_all: ClassVar[str] = ""

    def with_actor(self, subject: str) -> Self:
        """Return the body with the subject of a token as its actor."""
        return self.model_copy(update={"actor": subject})

    @classmethod
    def missing_fields(cls, values: Mapping[str, object]) -> list[FieldError]:
        """Return the error of a body that gives none of the fields of which one is needed."""
        if not cls.one_of or any(values.get(name) is not None for name in cls.one_of):
            return []
        return [FieldError("body", cls.lacks_all)]

    @model_validator(mode="after")
    def _check_missing_fields(self) -> Self:
        for error in self.missing_fields(self.__dict__):
            raise ValueError(error.reason)
        return self


@derived_from(payloads.Assigned)
class Assign(CommandBody):
    """Give the matter to a unit, a person, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"actor": "Ca trực 1", "unit": "so-xay-dung"}, {"assignee": "Tổ cơ động 2"}],
            "anyOf": [{"required": ["unit"]}, {"required": ["assignee"]}],
        }
    )
    one_of = ("unit", "assignee")
    lacks_all = ASSIGNED_TO_NOBODY


@derived_from(payloads.Directed, by="Whom it comes from: the owner of the key it is signed with")
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

    # It becomes the time of the event, and no part of its payload.
    time: Annotated[MomentField | None, Field(description="The time of an event signed elsewhere")] = None

    def with_actor(self, subject: str) -> Self:
        """Return the body with the subject as its actor; a body that was signed elsewhere is not changed."""
        return super().with_actor(subject) if self.__dict__["signature"] is None else self

    @classmethod
    def missing_fields(cls, values: Mapping[str, object]) -> list[FieldError]:
        """Return the errors of what a directive signed elsewhere needs, and of what it alone may give."""
        if values.get("signature") is not None:
            absent = [name for name in ("by", "time") if values.get(name) is None]
            return [FieldError(name, "needed with a signature: it was signed, too") for name in absent]
        return [] if values.get("time") is None else [FieldError("time", "given with a signature alone")]


@derived_from(payloads.DirectiveAnswered, directive="The id of its event")
class AnswerDirective(CommandBody):
    """Answer a directive for a unit it was given to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"directive": "7d1e", "unit": "so-y-te", "actor": "Trực ban", "text": "Đã cử xe cứu thương"}]
        }
    )


@derived_from(payloads.Updated, first=["service", "category", "priority"])
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
    one_of = payloads.Updated.__struct_fields__[len(payloads.Payload.__struct_fields__) :]
    lacks_all = UPDATES_NOTHING


@derived_from(payloads.Escalated, to="The unit it is raised to")
class Escalate(CommandBody):
    """Raise the matter to a level of the ladder."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "level": 2, "to": "so-xay-dung", "text": "Quá hạn"}]}
    )


@derived_from(payloads.Merged, omit=["by_rule"], into="The incident it is the same as")
class Merge(CommandBody):
    """Say that the matter is the same as another, which it then follows; this also takes a proposal."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "into": "field-reports:PA-000119"}]}
    )


@derived_from(payloads.Shelved, required=["actor", "text"])
class Shelve(CommandBody):
    """Put the matter aside until a moment, seven days ahead at most: who does so, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "text": "Chờ nước rút", "until": "2024-04-17T09:00:00+07:00"},
            ]
        }
    )


@derived_from(payloads.Rated)
class Rate(CommandBody):
    """The citizen's verdict: a score of 1 to 5, a word, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"score": 4, "satisfaction": "satisfied"}],
            "anyOf": [{"required": ["score"]}, {"required": ["satisfaction"]}],
        }
    )
    one_of = ("score", "satisfaction")
    lacks_all = RATED_WITH_NOTHING


def _body_of(payload: type[payloads.Payload]) -> type[CommandBody]:
    """Return the body that was derived from a payload, or derive one: name and description are the payload's."""
    body = model_of(payload)
    if body is None:
        body = derived_from(payload)(type(payload.__name__, (CommandBody,), {"__doc__": payload.__doc__}))
    assert issubclass(body, CommandBody)
    return body


BODIES: Mapping[str, type[CommandBody]] = {
    **{command: _body_of(payloads.PAYLOADS[event_type]) for command, event_type in COMMANDS.items()},
    "unmerge": CommandBody,  # `afresh` is the centre's own to say
}
"""The body of each command."""
