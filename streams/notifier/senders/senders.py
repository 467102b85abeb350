"""The ways out: Apprise for e-mail, Telegram, Teams and the like, and a signed webhook. No address is ever logged."""

import asyncio
import binascii
import logging
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import apprise
import httpx
import msgspec
from standardwebhooks import Webhook

from ioc.catalogue.channel import Channel, ChannelKind
from ioc.catalogue.city import Catalogue
from ioc.notifications.messages import Item, Message
from ioc.notifications.notification import Because

TYPE = "vn.ioc.notification.v1"
ID_HEADER = "X-Notification-Id"
LEAST_KEY = 24


class NotSent(Exception):
    """The other side did not take a message; the reason is one word, and holds no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelsUnusable(ValueError):
    """Channels are configured in a way that could never send; `faults` lists all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Sender(Protocol):
    """Sends through one channel. Raises NotSent when the message is not known to have been taken."""

    async def send(self, message: Message) -> None:
        """Send one message."""


class WebhookSender:
    """Posts a message as JSON, signed after Standard Webhooks; `webhook-id` is the message's id."""

    def __init__(self, url: str, key: bytes, timeout: float) -> None:
        self._url = url
        self._webhook = Webhook(key)
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def send(self, message: Message) -> None:
        """Post it; anything but 2xx is a failure."""
        self._client = self._client or httpx.AsyncClient(timeout=self._timeout, follow_redirects=False)
        at = datetime.now(UTC)
        body = _body(message, at)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(message.id, at, body.decode()),
        }
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.TimeoutException:
            raise NotSent("timeout") from None
        except httpx.HTTPError:
            raise NotSent(Because.UNREACHABLE) from None
        if not answer.is_success:
            raise NotSent(f"http_{answer.status_code}")


def _body(message: Message, at: datetime) -> bytes:
    data = {
        "id": message.id,
        "channel": message.channel,
        "urgent": message.urgent,
        "title": message.title,
        "text": message.text,
        "items": [_item(item) for item in message.items],
    }
    timestamp = at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return msgspec.json.encode({"type": TYPE, "timestamp": timestamp, "data": data})


def _item(item: Item) -> dict[str, object]:
    return {
        "incident": item.first.incident,
        "occasion": item.first.occasion,
        "units": item.units,
        "level": item.first.level,
        "due": item.first.due,
        "text": item.line,
        "link": item.link or None,
    }


class AppriseSender:
    """Sends through whatever service the URL names. Those that take headers of one's own carry the message's id."""

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

    async def send(self, message: Message) -> None:
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
            taken = await asyncio.wait_for(sending, self._timeout)
        except TimeoutError:
            raise NotSent("timeout") from None
        if not taken:
            raise NotSent(Because.NOT_TAKEN)


def make_senders(catalogue: Catalogue, environment: Mapping[str, str], timeout: float) -> dict[str, Sender]:
    """Return the sender of every channel whose variables are set; ChannelsUnusable with all that is wrong with them."""
    for chatty in ("httpx", "httpcore", "apprise"):  # they name addresses
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    senders: dict[str, Sender] = {}
    faults: list[str] = []
    for channel in catalogue.channels.values():
        if channel.kind is ChannelKind.SCREEN or not is_configured(channel, environment):
            continue
        try:
            senders[channel.id] = _sender(channel, environment, timeout)
        except ValueError as error:
            faults.append(f"{channel.id}: {error}")
    if faults:
        raise ChannelsUnusable(faults)
    return senders


def is_configured(channel: Channel, environment: Mapping[str, str]) -> bool:
    """True when every variable a channel names is set to something."""
    try:
        address = channel.address({name: value for name, value in environment.items() if value})
    except KeyError:
        return False
    return bool(address) and (not channel.signing_key or bool(environment.get(channel.signing_key)))


def _sender(channel: Channel, environment: Mapping[str, str], timeout: float) -> Sender:
    """Return the sender of a channel; ValueError, without a word of its secrets, when it could never send."""
    address = channel.address(environment)
    if channel.kind is ChannelKind.APPRISE:
        return AppriseSender(address, timeout)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("its URL must begin with https:// or http://")
    _check(address)
    return WebhookSender(address, _key(channel.signing_key, environment), timeout)


def _check(address: str) -> None:
    """Raise ValueError, without a word of the address, when no request can be made of it."""
    try:
        url = httpx.URL(address)
        port = url.port if url.host else None
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("its URL has a host, a port or a sign that none can have") from None
    if port is not None and not 0 < port < 1 << 16:
        raise ValueError("its URL has a port that none can have")


def _key(variable: str, environment: Mapping[str, str]) -> bytes:
    """Return the key a variable holds; the library would make a key of any text, and no receiver would have it."""
    try:
        key = b64decode(environment[variable].removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < LEAST_KEY:
        raise ValueError(f"{variable} must hold whsec_ and a key of {LEAST_KEY} bytes or more in Base64")
    return key
