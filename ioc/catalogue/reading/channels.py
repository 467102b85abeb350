"""Reader of channels.yml: the channels that notifications go through, and which of them lead to each unit."""

import re
from collections.abc import Iterator
from itertools import combinations
from string import Template
from typing import Annotated, assert_never
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, Struct

from ioc.catalogue.channel import SCREEN, Channel, ChannelKind, QuietHours
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import Document, NamedRows
from ioc.catalogue.reading.documents.time_texts import hours
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
_REFERENCE = re.compile(r"\$\{\w+\}|\$\w+")
_SECRET_NAME = re.compile(r"token|secret|key|pass|pwd|sig|auth", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{20,}", re.IGNORECASE)
_USE_ENVIRONMENT = "a secret belongs in an environment variable, and its name here"
_NOT_SIGNED = "has no use for a signing_key: only a webhook is signed"


class ChannelRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A channel in its file."""

    id: Code
    kind: ChannelKind
    url: Annotated[str, Meta(max_length=2048)] = ""
    signing_key: str = ""
    quiet: tuple[Name, ...] = ()
    per_minute: Annotated[int, Meta(ge=1)] | None = None


class RouteRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The channels to a unit, and to the units below it without a route of their own."""

    unit: Code
    channels: Annotated[tuple[Code, ...], Meta(min_length=1)]


class ChannelsFile:
    """The channels (`named_rows` as they are in the file, `by_id` as they are used), the routes and the war room."""

    def __init__(self, folder: CatalogueFolder, units: NamedRows[Unit]) -> None:
        document = folder.document("channels.yml", ["channels", "routes"], ["war_room"], is_optional=True)
        self.named_rows = document.rows("channels", ChannelRow, "id")
        self.by_id = {row.id: self._channel(row, document.report) for row in self.named_rows.rows}
        if SCREEN not in self.named_rows.names:
            self.named_rows.names.add(SCREEN)
            self.by_id[SCREEN] = Channel(SCREEN, ChannelKind.SCREEN)
        self.routes = dict(_read_routes(document, units, self.named_rows))
        self.war_room = _read_war_room(document)

    def _channel(self, row: ChannelRow, report: ErrorReport) -> Channel:
        kind_errors = () if row.id in self.named_rows.faulty else _kind_errors(row)
        for error in (*kind_errors, *_key_errors(row), *_secret_errors(row.url), *_template_errors(row.url)):
            report(row.id, error)
        quiet = _quiet_hours(row, report)
        return Channel(row.id, row.kind, row.url, row.signing_key, quiet, row.per_minute)


def _quiet_hours(row: ChannelRow, report: ErrorReport) -> tuple[QuietHours, ...]:
    path = f"{row.id}.quiet"
    parsed = (report.parse(path, _parse_quiet_hours, text) for text in row.quiet)
    quiet = tuple(hours for hours in parsed if hours is not None)
    for first, second in combinations(quiet, 2):
        if first.holds(second.start) or second.holds(first.start):
            report(path, f"{_text(first)} and {_text(second)} overlap")
    return quiet


def _read_routes(
    document: Document, units: NamedRows[Unit], channels: NamedRows[ChannelRow]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in document.rows("routes", RouteRow, "unit").rows:
        if units.lacks(row.unit):
            document.report(row.unit, f"unknown unit '{row.unit}'")
        for name in dict.fromkeys(row.channels):
            if channels.lacks(name):
                document.report(row.unit, f"unknown channel '{name}'")
            if row.channels.count(name) > 1:
                document.report(row.unit, f"'{name}' is there twice")
        yield row.unit, row.channels


def _read_war_room(document: Document) -> str:
    """Return the link to the war room with the names of its variables; empty when there is none."""
    link = document.option("war_room", "")
    if not isinstance(link, str) or (link and "$" not in link):
        document.report(
            "war_room", "must name an environment variable, as in ${IOC_WAR_ROOM_URL}: who has it may enter"
        )
        return ""
    for error in (*_template_errors(link), *_secret_errors(link)):
        document.report("war_room", error)
    return link


def _parse_quiet_hours(text: str) -> QuietHours:
    quiet = QuietHours(*hours(text))
    if quiet.start == quiet.end:
        raise ValueError(f"{text} ends when it begins")
    return quiet


def _text(quiet: QuietHours) -> str:
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


def _kind_errors(row: ChannelRow) -> Iterator[str]:
    """Yield what a channel of its kind needs and does not have, or has and cannot use."""
    if row.id == SCREEN and row.kind is not ChannelKind.SCREEN:
        yield "the screen is of the kind screen"
    match row.kind:
        case ChannelKind.SCREEN:
            yield from _screen_errors(row)
        case ChannelKind.APPRISE:
            yield from _apprise_errors(row)
        case ChannelKind.WEBHOOK:
            yield from _webhook_errors(row)
        case _:
            assert_never(row.kind)


def _screen_errors(row: ChannelRow) -> Iterator[str]:
    if row.url:
        yield "a screen has no url"
    if row.signing_key:
        yield _NOT_SIGNED


def _apprise_errors(row: ChannelRow) -> Iterator[str]:
    if not row.url:
        yield f"needs a url, being of the kind {row.kind}"
    elif "$" not in row.url:
        yield f"url must name an environment variable: {_USE_ENVIRONMENT}"
    if row.signing_key:
        yield _NOT_SIGNED


def _webhook_errors(row: ChannelRow) -> Iterator[str]:
    if not row.url:
        yield f"needs a url, being of the kind {row.kind}"
    if not row.signing_key:
        yield "needs a signing_key: a webhook is signed"
    if row.url and not row.url.startswith(("$", "https://", "http://")):
        yield "the url of a webhook begins with https:// or http://"


def _template_errors(url: str) -> Iterator[str]:
    template = Template(url)
    if not template.is_valid() or not all(_VARIABLE.fullmatch(name) for name in template.get_identifiers()):
        yield "url must name environment variables as in ${IOC_MESSAGE_TOKEN}"


def _key_errors(row: ChannelRow) -> Iterator[str]:
    if row.signing_key and _VARIABLE.fullmatch(row.signing_key) is None:
        yield f"signing_key must be the name of an environment variable such as IOC_CALL_KEY: {_USE_ENVIRONMENT}"


def _secret_errors(url: str) -> Iterator[str]:
    """Yield an error when a URL seems to hold a secret. It does not quote the URL."""
    literal = _REFERENCE.sub("", url)
    try:
        split = urlsplit(literal)
    except ValueError:
        yield "url is not a URL"
        return
    secrets = [split.password or "", *(value for name, value in parse_qsl(split.query) if _SECRET_NAME.search(name))]
    if any(secrets) or _RANDOM.search(literal):
        yield f"url seems to hold a secret: {_USE_ENVIRONMENT}"
