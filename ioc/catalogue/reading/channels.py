"""channels.yml: the ways to tell people, and which of them each unit is told by."""

import re
from collections.abc import Iterator
from itertools import combinations
from string import Template
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, Struct

from ioc.catalogue.channel import SCREEN, Channel, ChannelKind, Quiet
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Document, Folder, Listed
from ioc.catalogue.reading.texts import hours
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
_REFERENCE = re.compile(r"\$\{\w+\}|\$\w+")
_SECRET_NAME = re.compile(r"token|secret|key|pass|pwd|sig|auth", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{20,}", re.IGNORECASE)
_IN_ENVIRONMENT = "a secret belongs in an environment variable, and its name here"


class ChannelRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A channel as its file gives it."""

    id: Code
    kind: ChannelKind
    url: Annotated[str, Meta(max_length=2048)] = ""
    signing_key: str = ""
    quiet: tuple[Name, ...] = ()
    per_minute: Annotated[int, Meta(ge=1)] | None = None


class RouteRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The channels by which a unit, and those below it without a route of their own, are told."""

    unit: Code
    channels: Annotated[tuple[Code, ...], Meta(min_length=1)]


class Channels:
    """The channels and routes of a folder."""

    def __init__(self, folder: Folder, units: Listed[Unit]) -> None:
        document = folder.document("channels.yml", ["channels", "routes"], ["war_room"], optional=True)
        self.listed = document.rows("channels", ChannelRow, "id")
        self.by_id = {row.id: self._channel(row, document.tell) for row in self.listed.rows}
        if SCREEN not in self.listed.names:
            self.listed.names.add(SCREEN)
            self.by_id[SCREEN] = Channel(SCREEN, ChannelKind.SCREEN)
        self.routes = dict(_routes(document, units, self.listed))
        self.war_room = _war_room(document)

    def _channel(self, row: ChannelRow, tell: Tell) -> Channel:
        kind_faults = () if row.id in self.listed.faulty else _kind_faults(row)
        for what in (*kind_faults, *_key_faults(row), *_written_out(row.url), *_template_faults(row.url)):
            tell(row.id, what)
        read = (tell.read(f"{row.id}.quiet", _quiet, text) for text in row.quiet)
        quiet = tuple(one for one in read if one is not None)
        for one, other in combinations(quiet, 2):
            if one.holds(other.start) or other.holds(one.start):
                tell(f"{row.id}.quiet", f"{_told(one)} and {_told(other)} overlap")
        return Channel(row.id, row.kind, row.url, row.signing_key, quiet, row.per_minute)


def _routes(
    document: Document, units: Listed[Unit], channels: Listed[ChannelRow]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in document.rows("routes", RouteRow, "unit").rows:
        if units.lacks(row.unit):
            document.tell(row.unit, f"unknown unit '{row.unit}'")
        for name in dict.fromkeys(row.channels):
            if channels.lacks(name):
                document.tell(row.unit, f"unknown channel '{name}'")
            if row.channels.count(name) > 1:
                document.tell(row.unit, f"'{name}' is there twice")
        yield row.unit, row.channels


def _war_room(document: Document) -> str:
    """Return the link to the war room, the names of its variables in it; empty when there is none."""
    link = (document.found or {}).get("war_room", "")
    if not isinstance(link, str) or (link and "$" not in link):
        document.tell("war_room", "must name an environment variable, as in ${IOC_WAR_ROOM_URL}: who has it may enter")
        return ""
    for what in (*_template_faults(link), *_written_out(link)):
        document.tell("war_room", what)
    return link


def _quiet(text: str) -> Quiet:
    quiet = Quiet(*hours(text))
    if quiet.start == quiet.end:
        raise ValueError(f"{text} ends when it begins")
    return quiet


def _told(quiet: Quiet) -> str:
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


def _kind_faults(row: ChannelRow) -> Iterator[str]:
    """Yield what a channel of its kind should have and has not, or has and should not."""
    if row.id == SCREEN and row.kind is not ChannelKind.SCREEN:
        yield "the screen is of the kind screen"
    if row.kind is ChannelKind.SCREEN and row.url:
        yield "a screen has no url"
    if row.kind is not ChannelKind.SCREEN and not row.url:
        yield f"needs a url, being of the kind {row.kind}"
    if row.kind is ChannelKind.APPRISE and row.url and "$" not in row.url:
        yield f"url must name an environment variable: {_IN_ENVIRONMENT}"
    if row.kind is ChannelKind.WEBHOOK and not row.signing_key:
        yield "needs a signing_key: a webhook is signed"
    if row.kind is not ChannelKind.WEBHOOK and row.signing_key:
        yield "has no use for a signing_key: only a webhook is signed"
    if row.kind is ChannelKind.WEBHOOK and row.url and not row.url.startswith(("$", "https://", "http://")):
        yield "the url of a webhook begins with https:// or http://"


def _template_faults(url: str) -> Iterator[str]:
    template = Template(url)
    if not template.is_valid() or not all(_VARIABLE.fullmatch(name) for name in template.get_identifiers()):
        yield "url must name environment variables as in ${IOC_MESSAGE_TOKEN}"


def _key_faults(row: ChannelRow) -> Iterator[str]:
    if row.signing_key and _VARIABLE.fullmatch(row.signing_key) is None:
        yield f"signing_key must be the name of an environment variable such as IOC_CALL_KEY: {_IN_ENVIRONMENT}"


def _written_out(url: str) -> Iterator[str]:
    """Yield where a secret seems to be written out. What is there is not repeated."""
    literal = _REFERENCE.sub("", url)
    try:
        parts = urlsplit(literal)
    except ValueError:
        yield "url is not a URL"
        return
    secrets = [parts.password or "", *(value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name))]
    if any(secrets) or _RANDOM.search(literal):
        yield f"url seems to hold a secret: {_IN_ENVIRONMENT}"
