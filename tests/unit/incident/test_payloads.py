"""Every event type has a payload, and every payload an event type."""

import pytest

from ioc.incident import payloads
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import PAYLOADS, Payload


def test_every_event_type_has_a_payload() -> None:
    assert set(PAYLOADS) == set(EventType)


def test_a_payload_of_no_event_type_is_an_error_of_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    without_ratings = {event_type: payload for event_type, payload in PAYLOADS.items() if payload is not payloads.Rated}
    monkeypatch.setattr(payloads, "PAYLOADS", without_ratings)
    with pytest.raises(TypeError, match="no event type has the payload Rated"):
        payloads._check_every_payload_is_used(Payload)
