"""The sender through Apprise: e-mail, Telegram, Teams and every other service Apprise knows."""

import asyncio

import apprise

from ioc.notifications.messages import ChannelMessage
from ioc.notifications.notification import StatusReason
from streams.notifier.senders.sender import NotSent

ID_HEADER = "X-Notification-Id"


class AppriseSender:
    """Sends through the service the URL names. Services that take custom headers carry the message's id."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._asset = apprise.AppriseAsset(app_id="ioc", app_desc="Operations centre", app_url="")
        self._service()

    def _service(self) -> apprise.NotifyBase:
        service: apprise.NotifyBase | None = apprise.Apprise.instantiate(self._url, asset=self._asset)
        if service is None:
            raise ValueError("Apprise knows no such service, or its URL lacks something")
        if service.overflow_mode == apprise.OverflowMode.UPSTREAM:
            service.overflow_mode = apprise.OverflowMode.SPLIT  # a bundle is longer than some services take at once
        return service

    async def send(self, message: ChannelMessage) -> None:
        """Send it; Apprise tells only whether it was taken."""
        service = self._service()
        headers = getattr(service, "headers", None)
        if isinstance(headers, dict):
            headers[ID_HEADER] = message.id
        through = apprise.Apprise(asset=self._asset)
        through.add(service)
        kind = apprise.NotifyType.WARNING if message.urgent else apprise.NotifyType.INFO
        sending = through.async_notify(
            message.text, message.title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
        )
        try:
            is_taken = await asyncio.wait_for(sending, self._timeout)
        except TimeoutError:
            raise NotSent("timeout") from None
        if not is_taken:
            raise NotSent(StatusReason.NOT_TAKEN)
