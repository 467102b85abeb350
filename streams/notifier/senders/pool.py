"""The senders of a process, shared by all partitions it owns."""

import asyncio
import logging
from collections.abc import Mapping

from ioc.notifications.messages import ChannelMessage
from ioc.notifications.notification import StatusReason
from streams import metrics
from streams.notifier.senders.sender import NotSent, Sender

log = logging.getLogger("ioc.notifier")


class SenderPool:
    """Sends through the channels that are configured, at most `AT_A_TIME` messages at once through each."""

    AT_A_TIME = 4

    def __init__(self, senders: Mapping[str, Sender]) -> None:
        self._senders = senders
        self._gates = {channel: asyncio.Semaphore(self.AT_A_TIME) for channel in senders}
        self._gate_of_others = asyncio.Semaphore(self.AT_A_TIME)

    def gate(self, channel: str) -> asyncio.Semaphore:
        """Return the semaphore to hold from the sending of a message until its outcome is written.

        So at most a few messages are sent without a trace when the process is killed or fenced off.
        """
        return self._gates.get(channel, self._gate_of_others)

    async def send(self, message: ChannelMessage) -> None:
        """Send one message; NotSent when it was not taken, or its channel can no longer send."""
        if message.channel not in self._senders:
            raise NotSent("not_configured")
        try:
            await self._senders[message.channel].send(message)
        except NotSent:
            metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "not_taken").inc()
            raise
        except Exception as error:  # an error of one library must not silence all other channels
            log.error("a message through %s could not be sent: %s", message.channel, type(error).__name__)
            metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "not_taken").inc()
            raise NotSent(StatusReason.NOT_TAKEN) from None
        metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "taken").inc()
