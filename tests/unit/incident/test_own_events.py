"""Events of the centre's own making are read like everyone's."""

from ioc.core.sources import CENTRE
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import own_event
from ioc.incident.payloads import Merged
from ioc.processors.reader import read_event
from tests.unit.samples import at


def test_what_the_centre_emits_is_read_as_the_event_it_means() -> None:
    sent = own_event(
        "matters", "field-reports:PA-1", EventType.MERGED, at("2026-04-14 08:00"), "cause-1", Merged(into="a:b")
    )
    assert sent.topic is Topic.EVENTS
    event = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(event, Event)
    assert (event.incident, event.event_type, event.id) == ("field-reports:PA-1", EventType.MERGED, "cause-1")
    assert (event.time, event.payload) == (at("2026-04-14 08:00"), Merged(into="a:b"))
    assert event.source.startswith(CENTRE)


def test_the_incident_keeps_its_subject_whatever_is_in_it() -> None:
    sent = own_event(
        "matters", "dossiers:A:1/2 b", EventType.NOTED, at("2026-04-14 08:00"), "cause-1", Merged(into="a:b")
    )
    event = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(event, Event)
    assert event.incident == "dossiers:A:1/2 b"
