"""Why a record is refused: a reason that software can match on and every error, without personal data."""

from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Why a record was refused, in one word that an alert or a producer can match on."""

    NOT_JSON = "not_json"
    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    UNKNOWN_TYPE = "unknown_type"
    UNREADABLE = "unreadable"
    WRONG_KEY = "wrong_key"
    WRONG_PARTITION = "wrong_partition"
    NOT_IN_CATALOGUE = "not_in_catalogue"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    ILLEGAL_MOVE = "illegal_move"
    HISTORY_FULL = "history_full"
    OVERTAKEN = "overtaken"  # an event of the centre itself that came too late: in the history, and no dead letter
    NO_KEYS = "no_keys"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown_key"
    KEY_OUT_OF_TIME = "key_out_of_time"
    BAD_SIGNATURE = "bad_signature"
    WRONG_SIGNER = "wrong_signer"
    UNKNOWN_DIRECTIVE = "unknown_directive"
    DIRECTIVE_TAKEN = "directive_taken"
    TOO_MANY_DIRECTED = "too_many_directed"
    NOT_DIRECTED = "not_directed"
    LOWERED_SILENTLY = "lowered_silently"


class FieldError(Struct, frozen=True, gc=False):
    """What is wrong with one field of a record. It never holds the offending value."""

    field: str
    reason: str


class Rejection(Struct, frozen=True, gc=False):
    """Why a record is refused: the reason, and every error at once."""

    reason: Reason
    errors: tuple[FieldError, ...] = ()

    def __str__(self) -> str:
        if not self.errors:
            return self.reason
        return f"{self.reason}: " + "; ".join(f"{error.field}: {error.reason}" for error in self.errors)
