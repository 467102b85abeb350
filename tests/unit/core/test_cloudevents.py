"""Every event the product makes is encoded by one function, whose bytes stay the same."""

import msgspec

from ioc.core.cloudevents import decode_envelope, encode_cloudevent
from ioc.core.scalars import Priority

TIME = "2026-04-14T08:30:00.000Z"


def test_an_event_has_its_members_in_this_order() -> None:
    event = encode_cloudevent(
        event_id="e1", source="/city/field", subject="7", event_type="vn.x.v1", time=TIME, data={"ward": "Huế"}
    )
    assert event == (
        b'{"specversion":"1.0","id":"e1","source":"/city/field","subject":"7","type":"vn.x.v1",'
        b'"time":"2026-04-14T08:30:00.000Z","data":{"ward":"Hu\xe1\xba\xbf"}}'
    )


def test_an_event_that_names_the_type_of_its_data_has_them_in_another() -> None:
    event = encode_cloudevent(
        event_id="e1",
        source="/city/field",
        subject="7",
        event_type="vn.x.v1",
        time=TIME,
        data={"priority": Priority.HIGH},
        with_content_type=True,
    )
    assert event == (
        b'{"specversion":"1.0","id":"e1","source":"/city/field","type":"vn.x.v1","subject":"7",'
        b'"time":"2026-04-14T08:30:00.000Z","datacontenttype":"application/json","data":{"priority":"high"}}'
    )


def test_an_event_without_data_has_no_such_member() -> None:
    event = encode_cloudevent(event_id=TIME, source="/ioc/clock", subject="clock", event_type="vn.x.v1", time=TIME)
    assert event.endswith(b'"type":"vn.x.v1","time":"2026-04-14T08:30:00.000Z"}')
    assert decode_envelope(event).data is msgspec.UNSET


def test_an_event_is_read_as_it_was_made() -> None:
    event = encode_cloudevent(
        event_id="e1", source="/city/field", subject="7", event_type="vn.x.v1", time=TIME, data={"note": "x"}
    )
    envelope = decode_envelope(event)
    assert (envelope.id, envelope.source, envelope.subject, envelope.type) == ("e1", "/city/field", "7", "vn.x.v1")
    assert envelope.time.isoformat() == "2026-04-14T08:30:00+00:00"
    assert bytes(envelope.data) == b'{"note":"x"}'
