"""The dead letter of a refused record: its bytes as they came, and why it was refused in headers beside its own."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from ioc.core.records import Record, Write
from ioc.core.rejections import Rejection
from ioc.core.times import to_rfc3339
from ioc.core.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES, Topic

# A record can have very many errors; as many are named as fit into so many characters.
MAX_REASON = 8192


class ErrorHeader(StrEnum):
    """The headers that say why a record was refused and where it came from. Their values are text in UTF-8."""

    REASON = "ioc-error-reason"
    STAGE = "ioc-error-stage"
    TOPIC = "ioc-error-topic"
    PARTITION = "ioc-error-partition"
    OFFSET = "ioc-error-offset"
    TIME = "ioc-error-time"  # when the broker appended the record, RFC 3339
    CUT = "ioc-error-cut"  # only when the value is too large to be written again


_PREFIX = "ioc-error-"


def is_error_header(name: str) -> bool:
    """True of a header that a dead letter adds; all others are the record's own."""
    return name.startswith(_PREFIX)


class DeadLetter(Struct, frozen=True, gc=False):
    """A refused record, whole, and why it was refused."""

    record: Record
    rejection: Rejection

    @property
    def is_cut(self) -> bool:
        """True when the record is too large to be written again: decompressed it can exceed what the broker takes."""
        return len(self.record.value or b"") > MAX_RECORD_BYTES

    @property
    def value(self) -> bytes | None:
        """The record's value; of one that is too large its beginning: the whole stays in the topic it came from."""
        return (self.record.value or b"")[:MAX_EVENT_BYTES] if self.is_cut else self.record.value

    def write(self, topic: Topic, partition: int) -> Write:
        """Return the refused record as it came, with the reason in headers, which quote nothing from the record."""
        own = [(name, text) for name, text in self.record.headers if not is_error_header(name)]
        return Write(self.record.key, self.value, (*own, *self._error_headers(topic, partition)))

    def _error_headers(self, topic: Topic, partition: int) -> Sequence[tuple[str, bytes]]:
        record = self.record
        texts: dict[str, str] = {
            ErrorHeader.REASON: str(self.rejection)[:MAX_REASON],
            ErrorHeader.STAGE: "fold",
            ErrorHeader.TOPIC: topic,
            ErrorHeader.PARTITION: str(partition),
            ErrorHeader.OFFSET: str(record.offset),
            ErrorHeader.TIME: to_rfc3339(record.appended),
        }
        if self.is_cut:
            size = len(record.value or b"")
            texts[ErrorHeader.CUT] = f"{size} bytes; whole at its topic, partition and offset"
        return [(str(name), text.encode()) for name, text in texts.items()]
