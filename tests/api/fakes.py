"""The broker and the reporters, in memory: they can be told not to answer."""

from collections.abc import Sequence

from api.http.publisher import NotPublished
from api.identities.identities import ReporterUnavailable
from ioc.core.records import Headers, Outgoing
from ioc.core.topics import Topic
from ioc.incident.payloads import Reporter


class FakePublisher:
    """Keeps what was published; audit records and maintenance windows apart. While `down` it acknowledges nothing."""

    def __init__(self) -> None:
        self.published: list[tuple[bytes, bytes, Headers]] = []
        self.audit: list[bytes] = []
        self.windows: list[tuple[bytes, bytes]] = []
        self.down = False

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        if self.down:
            raise NotPublished
        if topic is Topic.AUDIT:
            self.audit.append(value)
            return
        if topic is Topic.MAINTENANCE:
            self.windows.append((key, value))
            return
        self.published.append((key, value, headers))

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        for record in records:
            await self.publish(record.key, record.value or b"", record.headers, record.topic)


class FakeIdentities:
    """The reporters that the processors have written."""

    def __init__(self) -> None:
        self.reporters: dict[str, Reporter] = {}
        self.down = False

    async def reporter_of(self, incident: str) -> Reporter | None:
        if self.down:
            raise ReporterUnavailable
        return self.reporters.get(incident)
