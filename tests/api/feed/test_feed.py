"""The live feed: snapshot, changes, resume, reset, and a screen that cannot keep up."""

import zlib
from collections.abc import AsyncIterator

import msgspec
import pytest

from api.feed.client import MAX_PENDING, MAX_ROWS, FeedClient
from api.feed.feed import SNAPSHOT_EVERY
from api.feed.message import FeedMessage, merge_messages, rows_message
from api.feed.routes import follow, stream
from api.feed.screen_rows import CLOSED_SHOWN
from api.http.json import raw_json
from ioc.core.times import HOUR, MINUTE
from ioc.incident.lifecycle import EventType
from tests.api.city import City, decoded_body

pytestmark = pytest.mark.asyncio
ONE = "field-reports:1"
ReceivedEvents = list[tuple[str | None, str, dict[str, object]]]


def parse_events(chunk: bytes) -> ReceivedEvents:
    """Read server-sent events as a browser does."""
    events: ReceivedEvents = []
    for block in chunk.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
        if "event" in fields:
            events.append((fields.get("id"), fields["event"], msgspec.json.decode(fields["data"])))
    return events


async def listen(stream: AsyncIterator[list[FeedMessage]]) -> ReceivedEvents:
    return parse_events(b"".join(message.encoded for message in await anext(stream)))


def event_id(city: City, position: int) -> str:
    return f"{city.feed.process}-{position}"


async def test_a_screen_starts_from_a_snapshot_and_hears_what_changes(city: City) -> None:
    city.report(ONE)
    stream = follow(city.feed, city.parts.metrics, None)
    (_, kind, body), (_, second, tick) = await listen(stream)
    assert kind == "snapshot"
    assert [row["id"] for row in body["incidents"]] == [ONE]  # type: ignore[attr-defined]
    assert second == "tick"
    assert tick["stale"] is False
    assert tick["lag"] == 0
    assert tick["sources"]["field-reports"]["last_seen"] == "2024-04-16T02:00:00.000Z"  # type: ignore[index]
    city.feed.step()
    city.happen(ONE, EventType.ACKNOWLEDGED)
    city.now += 1000
    city.feed.step()
    kinds = [(kind, body) for _, kind, body in await listen(stream)]
    rows = [row for kind, body in kinds if kind == "incident" for row in body["upserts"]]  # type: ignore[attr-defined]
    assert rows[-1]["state"] == "acknowledged"
    assert "figures" in dict(kinds)
    assert "tick" in dict(kinds)
    await stream.aclose()  # type: ignore[attr-defined]
    assert not city.feed._clients


async def test_a_broken_line_goes_on_where_it_broke(city: City) -> None:
    city.feed.step()
    last = city.feed.position
    city.report(ONE)
    city.feed.step()
    ((position, kind, body),) = await listen(follow(city.feed, city.parts.metrics, event_id(city, last)))
    assert kind == "incident"
    assert position == event_id(city, last + 1)
    assert body["removed"] == []
    assert await listen(follow(city.feed, city.parts.metrics, event_id(city, city.feed.position))) == []


@pytest.mark.parametrize(
    "last", ["1", "here-9999", "here-" + "9" * 5000, "here-²", "here-", "nonsense", "-1", "7" * 5000]
)
async def test_a_place_no_longer_known_starts_the_screen_anew(city: City, last: str) -> None:
    city.report(ONE)
    city.feed.step()
    last = last.replace("here", city.feed.process)
    opening = await listen(follow(city.feed, city.parts.metrics, last))
    assert [kind for _, kind, _ in opening] == ["reset", "snapshot", "tick"]
    # A line that breaks between reset and snapshot must not go on from behind the snapshot.
    assert [event[0] for event in opening] == [None, event_id(city, city.feed.position), None]
    assert opening[1][2]["cursor"] == opening[1][0]


async def test_an_id_of_another_process_starts_the_screen_anew(city: City) -> None:
    other = City(city.model.catalogue)
    for each in (city, other):
        each.report(ONE)
        each.feed.step()
    foreign = event_id(other, other.feed.position - 1)
    assert [kind for _, kind, _ in await listen(follow(city.feed, city.parts.metrics, foreign))] == [
        "reset",
        "snapshot",
        "tick",
    ]


async def test_closed_incidents_leave_the_screen_after_an_hour(city: City) -> None:
    city.report(ONE)
    city.happen(ONE, EventType.RESOLVED)
    city.feed.step()
    last = city.feed.position
    city.pass_time(CLOSED_SHOWN + MINUTE)
    city.feed.step()
    messages = city.feed.messages_after(last)
    assert messages is not None
    assert [message.body for message in messages if message.kind == "incident"] == [{"upserts": [], "removed": [ONE]}]
    assert city.feed.opening()[0].body["incidents"] == []


async def test_figures_are_told_only_when_they_say_something_new(city: City) -> None:
    city.feed.step()
    last = city.feed.position
    city.now += 1000
    city.feed.step()
    assert city.feed.messages_after(last) == []


async def test_many_messages_are_folded_into_few() -> None:
    def rows(position: int, upserts: list[str], removed: list[str]) -> FeedMessage:
        return rows_message(
            str(position), "incident", {**dict.fromkeys(upserts, raw_json({})), **dict.fromkeys(removed)}
        )

    client = FeedClient()
    for position in range(MAX_PENDING + 1):
        client.offer(rows(position, ["a", f"b{position}"], []))
    client.offer(rows(100, [], ["a"]))
    client.offer(FeedMessage("101", "tick", {"n": 1}))
    client.offer(FeedMessage("102", "tick", {"n": 2}))
    merged = merge_messages(tuple(await client.take()))
    assert [(message.position, message.kind) for message in merged] == [(None, "incident"), ("102", "tick")]
    assert merged[0].body["removed"] == ["a"]
    assert len(merged[0].body["upserts"]) == MAX_PENDING + 1


async def test_screens_that_are_behind_together_are_folded_for_once() -> None:
    messages = [rows_message(str(n), "incident", {f"a{n}": raw_json({})}) for n in range(MAX_PENDING + 1)]
    clients = [FeedClient(), FeedClient()]
    for message in messages:
        for client in clients:
            client.offer(message)
    (first,), (second,) = [await client.take() for client in clients]
    assert first is second
    assert len(first.body["upserts"]) == MAX_PENDING + 1


async def test_a_line_that_breaks_between_folded_messages_loses_no_rows() -> None:
    rows = [rows_message(str(n), "incident", {f"a{n}": raw_json({})}) for n in range(1, MAX_PENDING + 1)]
    for place in range(len(rows)):
        client = FeedClient()
        for message in [*rows[:place], FeedMessage("50", "figures", {}), *rows[place:], FeedMessage("51", "tick", {})]:
            client.offer(message)
        merged = merge_messages(merge_messages(tuple(await client.take())))
        assert merged[0].kind == "incident"
        assert [message.position for message in merged] == [None, None, "51"]


async def test_a_screen_far_behind_starts_anew(city: City) -> None:
    stream = follow(city.feed, city.parts.metrics, None)
    await listen(stream)
    for position in range(MAX_PENDING + 2):
        rows = {f"{position}-{n}": raw_json({}) for n in range(MAX_ROWS // MAX_PENDING + 1)}
        city.feed._publish("incident", {}, rows)
    city.now += SNAPSHOT_EVERY
    assert [kind for _, kind, _ in await listen(stream)] == ["reset", "snapshot", "tick"]
    assert not next(iter(city.feed._clients)).pending


async def test_screens_that_come_together_share_a_snapshot_and_hear_what_changed_since(city: City) -> None:
    city.report(ONE)
    first = await listen(follow(city.feed, city.parts.metrics, None))
    city.happen(ONE, EventType.ACKNOWLEDGED)
    second = await listen(follow(city.feed, city.parts.metrics, None))
    assert [kind for _, kind, _ in second] == ["snapshot", "incident", "tick"]
    assert second[0] == first[0]
    assert second[1][2]["upserts"][0]["state"] == "acknowledged"  # type: ignore[index]
    city.now += SNAPSHOT_EVERY
    third = await listen(follow(city.feed, city.parts.metrics, None))
    assert [kind for _, kind, _ in third] == ["snapshot", "tick"]
    assert third[0][2]["incidents"] == second[1][2]["upserts"]


async def test_a_row_says_at_once_that_it_is_overdue(city: City) -> None:
    city.report(ONE)
    city.feed.step()
    last = city.feed.position
    city.now += HOUR + 1  # no worker has written of the breach yet
    city.feed.step()
    (rows,) = [message for message in city.feed.messages_after(last) or () if message.kind == "incident"]
    assert [(row["id"], row["overdue"], row["level"]) for row in decoded_body(rows)["upserts"]] == [(ONE, True, 0)]


async def test_a_packed_feed_says_the_same_piece_by_piece(city: City) -> None:
    city.feed.step()
    position = city.feed.position
    for event_type in (EventType.REPORTED, EventType.ACKNOWLEDGED, EventType.STARTED):
        city.happen(
            ONE,
            event_type,
            **({"service": "field-reports", "title": "Cây đổ"} if event_type is EventType.REPORTED else {}),
        )
        city.feed.step()
    plain, packed = [
        await stream(None, city.feed, city.parts.metrics, event_id(city, position), accepted)
        for accepted in ("", "br, gzip")
    ]
    assert [answer.headers.get("content-encoding") for answer in (plain, packed)] == [None, "gzip"]
    for accepted, is_compressed in (("br;q=1, GZIP ;q=0.5", True), ("br, gzip;q=0", False), ("gzip; q=0.0, br", False)):
        answer = await stream(None, city.feed, city.parts.metrics, event_id(city, position), accepted)
        assert ("content-encoding" in answer.headers) == is_compressed, accepted
    unpack = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress
    for _ in range(2):
        text, piece = [await anext(aiter(answer.body_iterator)) for answer in (plain, packed)]
        assert unpack(piece) == text  # type: ignore[arg-type]
    assert [body["upserts"][0]["state"] for _, _, body in parse_events(text)] == [  # type: ignore[arg-type,index]
        "reported",
        "acknowledged",
        "in_progress",
    ]


async def test_the_feed_ends_when_it_is_closed(city: City) -> None:
    stream = follow(city.feed, city.parts.metrics, None)
    await listen(stream)
    city.feed.close()
    assert [chunk async for chunk in stream] == []
