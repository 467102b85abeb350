"""What every sender is: it sends a message through one channel, or says why it could not."""

from typing import Protocol

from ioc.notifications.messages import ChannelMessage


class NotSent(Exception):
    """The other side did not take a message; the reason is one word, and holds no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sender(Protocol):
    """Sends through one channel. Raises NotSent when the message is not known to have been taken."""

    async def send(self, message: ChannelMessage) -> None:
        """Send one message."""
