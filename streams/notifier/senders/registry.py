"""The registry of senders: which of them sends through which kind of channel. No address is ever logged."""

import logging
from collections.abc import Mapping
from typing import assert_never

from ioc.catalogue.channel import Channel, ChannelKind
from ioc.catalogue.city import Catalogue
from streams.notifier.senders.apprise import AppriseSender
from streams.notifier.senders.sender import Sender
from streams.notifier.senders.webhook import webhook_sender


class ChannelsUnusable(ValueError):
    """Channels are configured in a way that could never send; `errors` lists all of them."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def sender_for(channel: Channel, environment: Mapping[str, str], timeout: float) -> Sender | None:
    """Return the sender of a configured channel; None for the screen, which reads the notifications themselves.

    ValueError, without a word of its secrets, when the channel could never send. `timeout` is in seconds.
    """
    match channel.kind:
        case ChannelKind.SCREEN:
            return None
        case ChannelKind.APPRISE:
            return AppriseSender(channel.address(environment), timeout)
        case ChannelKind.WEBHOOK:
            return webhook_sender(channel, environment, timeout)
        case _:
            assert_never(channel.kind)


def make_senders(catalogue: Catalogue, environment: Mapping[str, str], timeout: float) -> dict[str, Sender]:
    """Return the sender of every channel whose variables are set; ChannelsUnusable with all that is wrong with them."""
    for logger in ("httpx", "httpcore", "apprise"):  # they log addresses
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    senders: dict[str, Sender] = {}
    errors: list[str] = []
    for channel in catalogue.channels.values():
        try:
            sender = sender_for(channel, environment, timeout) if is_configured(channel, environment) else None
        except ValueError as error:
            errors.append(f"{channel.id}: {error}")
            continue
        if sender is not None:
            senders[channel.id] = sender
    if errors:
        raise ChannelsUnusable(errors)
    return senders


def is_configured(channel: Channel, environment: Mapping[str, str]) -> bool:
    """True when every variable a channel names is set to something."""
    try:
        address = channel.address({name: value for name, value in environment.items() if value})
    except KeyError:
        return False
    return bool(address) and (not channel.signing_key or bool(environment.get(channel.signing_key)))
