"""All errors of a document at once, by the JSON Schema that msgspec makes of its struct."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, cast

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from ioc.core.rejections import FieldError

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=msgspec.ValidationError)
def _is_moment(value: object) -> bool:
    """True of RFC 3339 with a zone, and of all that is no text: a moment without a zone would have to be guessed."""
    return not isinstance(value, str) or msgspec.convert(value, datetime).tzinfo is not None


@cache
def _validator(struct: type) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(struct), format_checker=_FORMATS)


def schema_errors(struct: type, document: Any, is_author: bool = False) -> Iterator[FieldError]:
    """Yield each error of `document` by the struct's schema. An error never quotes a value of the document.

    Names of fields that the schema does not know may be personal data as well, and are left out, unless `is_author`:
    then the reader of the errors wrote the document, and sees which names are meant.
    """
    errors = sorted(_validator(struct).iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    names = None if is_author else _names_of(struct)
    yield from dict.fromkeys(field_error for error in errors for field_error in _field_errors(error, names))


@cache
def _names_of(struct: type) -> frozenset[str]:
    """Return the names in the schema of a struct. Any other name in a document comes from its sender."""
    return frozenset(_names_in(_validator(struct).schema))


def _names_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from (name for name in schema.get("enum", ()) if isinstance(name, str))
    for subschema in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _names_in(subschema)


def _field_errors(error: ValidationError, names: frozenset[str] | None) -> Iterator[FieldError]:
    """Yield what one validation error says. Of the path only `names` are quoted; all of it when that is None."""
    segments = error.absolute_path
    path = ".".join(str(name) if isinstance(name, int) or names is None or name in names else "*" for name in segments)
    match error.validator:
        case "required":
            for name in _missing_fields(error):
                yield FieldError(f"{path}.{name}".lstrip("."), "missing")
        case "anyOf":  # an optional value: what is wrong with it other than that it is not null
            for alternative in error.context or ():
                if alternative.schema != {"type": "null"}:
                    yield from _field_errors(alternative, names)
        case "additionalProperties" if names is None:
            for name in _unknown_fields(error):
                yield FieldError(f"{path}.{name}".lstrip("."), "unknown field")
        case "additionalProperties":
            yield FieldError(path, "has a field nobody knows")
        case keyword:
            yield FieldError(path, _REASONS.get(str(keyword), str(keyword)).format(error.validator_value))


def _missing_fields(error: ValidationError) -> Iterator[str]:
    required, instance = cast(list[str], error.validator_value), cast(dict[str, Any], error.instance)
    return (name for name in required if name not in instance)


def _unknown_fields(error: ValidationError) -> Iterator[str]:
    schema, instance = cast(dict[str, Any], error.schema), cast(dict[str, Any], error.instance)
    return (name for name in instance if name not in schema.get("properties", ()))


# What each keyword of JSON Schema asks for, in words; {} is the keyword's own value.
_REASONS = {
    "type": "must be {}",
    "format": "must be a {} with a time zone",
    "enum": "must be one of {}",
    "pattern": "must match {}",
    "minLength": "shorter than {} characters",
    "maxLength": "longer than {} characters",
    "minimum": "less than {}",
    "maximum": "more than {}",
    "minItems": "fewer than {} items",
    "maxItems": "more than {} items",
    "propertyNames": "an unknown name",
}
