"""Evidence: photos and documents that lie elsewhere, named by address and checksum on the event that shows them."""

from typing import Any

import pytest

from ioc.core.rejections import Rejection
from ioc.incident.event import Event
from ioc.incident.payloads import DECODE, Evidence
from ioc.processors.reader import read_event
from tests.unit.samples import at, body

NOW = at("2026-04-14 08:00")
PHOTO = {
    "url": "https://files.example/photos/1.jpg?size=2",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "image/jpeg",
    "caption": "Cây đổ",
}


def read(*evidence: object, event_type: str = "noted", **data: Any) -> Event | Rejection:
    found = read_event(b"field-reports:1", body(event_type, NOW, "e1", evidence=evidence, **data))
    assert isinstance(found, Event | Rejection)
    return found


def test_any_event_may_show_evidence_and_it_is_kept_in_the_history() -> None:
    found = read(PHOTO, {**PHOTO, "public": True}, event_type="resolved")
    assert isinstance(found, Event)
    kept = DECODE[found.event_type](found.data).evidence
    assert kept == (Evidence(**PHOTO), Evidence(**PHOTO, public=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/1.jpg",
        "https://",
        "https:///1.jpg",
        "https://user:secret@files.example/1.jpg",
        "https://files.example/a b",
        "https://files.example/<b>",
        "https://files.example/1.jpg\n",
        "javascript:alert(1)",
        "https://files.example/" + "x" * 2048,
    ],
)
def test_an_address_is_https_of_a_plain_host(url: str) -> None:
    found = read({**PHOTO, "url": url})
    assert isinstance(found, Rejection)
    assert {fault.field for fault in found.errors} == {"data.evidence.0.url"}


def test_all_faults_of_all_evidence_are_named_at_once() -> None:
    found = read(PHOTO, {"url": "ftp://x", "sha256": "ABC", "media_type": "photo"}, {"caption": "x" * 513})
    assert isinstance(found, Rejection)
    second = {"data.evidence.1.url", "data.evidence.1.sha256", "data.evidence.1.media_type"}
    third = {f"data.evidence.2.{field}" for field in ("url", "sha256", "media_type", "caption")}
    assert {fault.field for fault in found.errors} == second | third


def test_there_are_twenty_pieces_of_evidence_at_most() -> None:
    assert isinstance(read(*[PHOTO] * 20), Event)
    assert isinstance(read(*[PHOTO] * 21), Rejection)


def test_evidence_alone_changes_no_field() -> None:
    found = read(PHOTO, event_type="updated")
    assert isinstance(found, Rejection)
    assert str(found) == "invalid: data: an update changes at least one field"
