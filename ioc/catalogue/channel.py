"""TODO."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from string import Template
from typing import NamedTuple

from msgspec import Struct

SCREEN = "screen"
"""The channel that is always there: the screen of the operations centre."""


class ChannelKind(StrEnum):
    """How a channel tells people: by the library Apprise, by a signed webhook, or on a screen."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"
    SCREEN = "screen"


class Quiet(NamedTuple):
    """Hours of each day, from `start` up to `end`; over midnight when the end is the earlier."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """True when a local time of day lies in these hours."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class Channel(Struct, frozen=True):
    """A way to tell people. Secrets are not in it: `url` and `signing_key` name the environment variables that are.

    In its `quiet` hours only what is urgent is told; `per_minute` messages at most, None for any number.
    """

    id: str
    kind: ChannelKind
    url: str = ""
    signing_key: str = ""
    quiet: tuple[Quiet, ...] = ()
    per_minute: int | None = None

    def is_quiet(self, at: time) -> bool:
        """True when only what is urgent may be told at a local time of day."""
        return any(hours.holds(at) for hours in self.quiet)

    def address(self, environment: Mapping[str, str]) -> str:
        """Return the URL with its secrets filled in; KeyError with the variable's name when one is not set."""
        return Template(self.url).substitute(environment)
