"""Fields of command bodies, derived from the payload of the event that a command becomes."""

from collections.abc import Callable, Collection, Sequence
from types import GenericAlias
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Struct, inspect
from pydantic import BaseModel, Field, create_model

from api.http.fields import MomentField

BodyT = TypeVar("BodyT", bound=BaseModel)

# Of each payload the model that was derived from it: a payload may hold others.
_MODELS: dict[type[Struct], type[BaseModel]] = {}
_NUMBERS = {inspect.IntType: int, inspect.FloatType: float}


def derived_from(
    payload: type[Struct],
    *,
    omit: Collection[str] = (),
    required: Collection[str] = (),
    first: Sequence[str] = (),
    **descriptions: str,
) -> Callable[[type[BodyT]], type[BodyT]]:
    """Return a decorator that adds to a body the fields of a payload, less `omit` and those the body has already.

    Type, limits and default are the payload's; a list that may be absent is null. Patterns are left to the reader of
    events, which says in words what is wrong. Texts in `required` must be given, and not be blank. The order is that
    of the payload, with `first` before all others.
    """

    def derive(body: type[BodyT]) -> type[BodyT]:
        present = body.model_fields.keys() - set(required)
        fields: dict[str, Any] = {
            field.name: _required_text(field) if field.name in required else _field(field, descriptions.get(field.name))
            for field in _fields_of(payload, first)
            if field.name not in present and field.name not in omit
        }
        model = create_model(body.__name__, __base__=body, __module__=body.__module__, __doc__=body.__doc__, **fields)
        _MODELS[payload] = model
        return model

    return derive


def model_of(payload: type[Struct]) -> type[BaseModel] | None:
    """Return the body that was derived from a payload; None when there is none."""
    return _MODELS.get(payload)


def _fields_of(payload: type[Struct], first: Sequence[str]) -> list[inspect.Field]:
    kind = inspect.type_info(payload)
    assert isinstance(kind, inspect.StructType)
    rank = {name: number for number, name in enumerate(first)}
    return sorted(kind.fields, key=lambda field: rank.get(field.name, len(rank)))


def _field(field: inspect.Field, description: str | None) -> tuple[Any, Any]:
    """Return the annotation of a field and its default, as pydantic wants them."""
    annotation = _annotation(field.type)
    if field.required:
        return annotation, Field(description=description)
    if field.default == ():
        return annotation | None, Field(None, description=description)
    return annotation, Field(field.default, description=description)


def _required_text(field: inspect.Field) -> tuple[Any, Any]:
    return Annotated[_annotation(_not_null(field.type)), Field(min_length=1, pattern=r"\S")], Field()


def _not_null(kind: inspect.Type) -> inspect.Type:
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return next(kind for kind in kinds if not isinstance(kind, inspect.NoneType))


def _annotation(kind: inspect.Type) -> Any:
    match kind:
        case inspect.UnionType() if kind.includes_none:
            return _annotation(_not_null(kind)) | None
        case inspect.BoolType():
            return bool
        case inspect.StrType():
            return Annotated[str, Field(min_length=kind.min_length, max_length=kind.max_length)]
        case inspect.IntType() | inspect.FloatType():
            return Annotated[_NUMBERS[type(kind)], Field(ge=kind.ge, le=kind.le)]
        case inspect.DateTimeType():
            return MomentField
        case inspect.EnumType():
            return Literal[tuple(choice.value for choice in kind.cls)]
        case inspect.VarTupleType():
            items = GenericAlias(list, (_annotation(kind.item_type),))
            return Annotated[items, Field(min_length=kind.min_length, max_length=kind.max_length)]
        case inspect.StructType():
            return _MODELS[kind.cls]
    raise TypeError(f"no field of a body can hold {kind}")
