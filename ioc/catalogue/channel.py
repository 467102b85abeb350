"""Channels that notifications are sent through, and their quiet hours (channels.yml)."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from string import Template
from typing import NamedTuple

from msgspec import Struct

SCREEN = "screen"
"""The channel that is always there: the screen of the operations centre."""


class ChannelKind(StrEnum):
    """How a channel delivers: through the library Apprise, by a signed webhook, or on the screen."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"
    SCREEN = "screen"


class QuietHours(NamedTuple):
    """Hours of each day, from `start` up to `end`; over midnight when `end` is the earlier."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """True when a local time of day lies in these hours."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class Channel(Struct, frozen=True):
    """A channel. It holds no secrets: `url` and `signing_key` name the environment variables that do.

    In its `quiet` hours it delivers only urgent messages; `per_minute` messages at most, None for any number.
    """

    id: str
    kind: ChannelKind
    url: str = ""
    signing_key: str = ""
    quiet: tuple[QuietHours, ...] = ()
    per_minute: int | None = None

    def is_quiet(self, at: time) -> bool:
        """True when only urgent messages may be delivered at a local time of day."""
        return any(hours.holds(at) for hours in self.quiet)

    def address(self, environment: Mapping[str, str]) -> str:
        """Return the URL with its secrets filled in; KeyError with the variable's name when one is not set."""
        return Template(self.url).substitute(environment)
