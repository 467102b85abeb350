"""A screen that follows the feed, and the messages it has not received yet."""

import asyncio

from api.feed.message import FeedMessage, merge_messages

# With more pending messages they are merged; with more rows than this in one of them the screen is reset.
MAX_PENDING = 16
MAX_ROWS = 5_000


class FeedClient:
    """The pending messages of one screen: never more than a screenful, however slow it is."""

    def __init__(self) -> None:
        self.pending: list[FeedMessage] = []
        self.overrun = False
        self.closed = False
        self._arrived = asyncio.Event()

    def offer(self, message: FeedMessage) -> None:
        """Add a message, and merge the pending ones when they grow many."""
        if not self.overrun:
            self.pending.append(message)
        if len(self.pending) > MAX_PENDING:
            self.pending = list(merge_messages(tuple(self.pending)))
            self.overrun = any(len(pending.rows or ()) > MAX_ROWS for pending in self.pending)
        if self.overrun:
            self.pending = []
        self._arrived.set()

    def close(self) -> None:
        """End the connection the next time its messages are taken."""
        self.closed = True
        self._arrived.set()

    async def take(self) -> list[FeedMessage]:
        """Wait for messages and return all of them; none when the screen must be reset or the feed ends."""
        await self._arrived.wait()
        self._arrived.clear()
        messages, self.pending = self.pending, []
        return messages
