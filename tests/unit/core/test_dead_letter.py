"""A dead letter is the refused record as it came, and headers that say why it was refused."""

from ioc.core.dead_letter import DeadLetter, ErrorHeader, is_error_header
from ioc.core.records import Record
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES, Topic

REJECTION = Rejection(Reason.INVALID, (FieldError("time", "missing"),))
HEADERS = (("ce_id", b"e1"), ("ioc-error-reason", b"forged"), ("empty", None))


def test_every_header_is_known_as_one_of_a_dead_letter() -> None:
    assert all(is_error_header(name) for name in ErrorHeader)
    assert not is_error_header("content-type")


def test_it_keeps_the_record_and_says_why_and_where_from() -> None:
    letter = DeadLetter(Record(17, 1_000, b"k", b"v", HEADERS), REJECTION).write(Topic.EVENTS, 3)
    assert (letter.key, letter.value) == (b"k", b"v")
    assert list(letter.headers) == [
        ("ce_id", b"e1"),
        ("empty", None),
        ("ioc-error-reason", b"invalid: time: missing"),
        ("ioc-error-stage", b"fold"),
        ("ioc-error-topic", b"ioc.events"),
        ("ioc-error-partition", b"3"),
        ("ioc-error-offset", b"17"),
        ("ioc-error-time", b"1970-01-01T00:00:01.000Z"),
    ]
    assert all(type(name) is str for name, _ in letter.headers)


def test_of_a_value_that_cannot_be_written_again_it_keeps_the_beginning() -> None:
    letter = DeadLetter(Record(0, 0, None, b"x" * (MAX_RECORD_BYTES + 1)), REJECTION).write(Topic.EVENTS, 0)
    assert letter.value == b"x" * MAX_EVENT_BYTES
    size = str(MAX_RECORD_BYTES + 1)
    assert dict(letter.headers)[ErrorHeader.CUT] == f"{size} bytes; whole at its topic, partition and offset".encode()
