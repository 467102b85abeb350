"""The sender of webhooks: a message as JSON, signed after Standard Webhooks."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import msgspec
from standardwebhooks import Webhook

from ioc.catalogue.channel import Channel
from ioc.notifications.messages import ChannelMessage, MessageItem
from ioc.notifications.notification import StatusReason
from streams.notifier.senders.sender import NotSent

TYPE = "vn.ioc.notification.v1"

MIN_KEY_BYTES = 24


def webhook_sender(channel: Channel, environment: Mapping[str, str], timeout: float) -> "WebhookSender":
    """Return the sender of a channel; ValueError, without a word of its secrets, when it could never send."""
    url = channel.address(environment)
    _check_url(url)
    return WebhookSender(url, _key(channel.signing_key, environment), timeout)


class WebhookSender:
    """Posts a message as JSON, signed after Standard Webhooks; `webhook-id` is the message's id."""

    def __init__(self, url: str, key: bytes, timeout: float) -> None:
        self._url = url
        self._webhook = Webhook(key)
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def send(self, message: ChannelMessage) -> None:
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
            response = await self._client.post(self._url, content=body, headers=headers)
        except httpx.TimeoutException:
            raise NotSent("timeout") from None
        except httpx.HTTPError:
            raise NotSent(StatusReason.UNREACHABLE) from None
        if not response.is_success:
            raise NotSent(f"http_{response.status_code}")


def _body(message: ChannelMessage, at: datetime) -> bytes:
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


def _item(item: MessageItem) -> dict[str, object]:
    return {
        "incident": item.notification.incident,
        "occasion": item.notification.occasion,
        "units": item.units,
        "level": item.notification.level,
        "due": item.notification.due,
        "text": item.line,
        "link": item.link or None,
    }


def _check_url(address: str) -> None:
    """Raise ValueError, without a word of the URL, when no request can be made of it."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("its URL must begin with https:// or http://")
    try:
        url = httpx.URL(address)
        port = url.port if url.host else None
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("its URL has a host, a port or a sign that none can have") from None
    if port is not None and not 0 < port < 1 << 16:
        raise ValueError("its URL has a port that none can have")


def _key(variable: str, environment: Mapping[str, str]) -> bytes:
    """Return the key a variable holds. The library would make a key of any text, which no receiver would have."""
    try:
        key = b64decode(environment[variable].removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"{variable} must hold whsec_ and a key of {MIN_KEY_BYTES} bytes or more in Base64")
    return key
