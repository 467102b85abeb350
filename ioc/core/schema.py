"""All faults of a document at once, from the JSON Schema its struct generates."""

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
    """RFC 3339 with a zone: a naive time is refused, never guessed."""
    return not isinstance(value, str) or msgspec.convert(value, datetime).tzinfo is not None


@cache
def _validator(struct: type) -> Draft202012Validator:
    schema = msgspec.json.schema(struct)
    return Draft202012Validator(schema, format_checker=_FORMATS)


def faults_of(struct: type, document: Any, own_words: bool = False) -> Iterator[FieldError]:
    """Yield each fault of `document` against the struct's schema. A fault never repeats the value found.

    Names the schema does not know are a stranger's words too, and are left out; `own_words` says that who wrote the
    document is who will read the faults, and has them named.
    """
    errors = sorted(_validator(struct).iter_errors(document), key=lambda e: list(map(str, e.absolute_path)))
    known = None if own_words else _names(struct)
    yield from dict.fromkeys(fault for error in errors for fault in _faults(error, known))


@cache
def _names(struct: type) -> frozenset[str]:
    """Return the names the schema itself uses; any other name in a document is the sender's own word."""
    return frozenset(_words_of(_validator(struct).schema))


def _words_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for part in schema.values():
            yield from _words_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _words_of(part)


def _faults(error: ValidationError, known: frozenset[str] | None) -> Iterator[FieldError]:
    """Yield what one error says, naming of a document only what is `known`; all of it when that is None."""
    parts = (
        str(part) if isinstance(part, int) or known is None or part in known else "*" for part in error.absolute_path
    )
    path = ".".join(parts)
    if error.validator == "required":
        for name in cast(list[str], error.validator_value):
            if name not in cast(dict[str, Any], error.instance):
                yield FieldError(f"{path}.{name}".lstrip("."), "missing")
    elif error.validator == "anyOf":  # something or null: what is wrong with it as something
        for one in error.context or ():
            if one.schema != {"type": "null"}:
                yield from _faults(one, known)
    elif error.validator == "additionalProperties":
        if known is None:
            yield from (FieldError(f"{path}.{name}".lstrip("."), "unknown field") for name in _unknown(error))
        else:
            yield FieldError(path, "has a field nobody knows")
    else:
        yield FieldError(path, _WORDS.get(str(error.validator), str(error.validator)).format(error.validator_value))


def _unknown(error: ValidationError) -> Iterator[str]:
    """Yield the fields of a document that its schema does not know."""
    schema, found = cast(dict[str, Any], error.schema), cast(dict[str, Any], error.instance)
    return (name for name in found if name not in schema.get("properties", ()))


_WORDS = {
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
