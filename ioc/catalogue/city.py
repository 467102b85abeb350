"""What a catalogue tells the fold, the screen and the notifier of the city, once it has been found to be whole."""

from collections.abc import Iterator, Mapping
from datetime import time
from enum import StrEnum
from string import Template
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from ioc.calendar import Calendar
from ioc.causes import Cause
from ioc.directive import DirectivePolicy
from ioc.matters.duplicates import DuplicateRules
from ioc.payloads import Code, Latitude, Longitude
from ioc.rules import RuleBook, TimeKind
from ioc.sensors.indicators import Indicator, Sensor
from ioc.shifts import OnDuty, Shift, shift_at
from ioc.signatures import Key
from ioc.times import DAY, Instant, Millis

Name = Annotated[str, Meta(min_length=1, max_length=512)]
"""A line of text. An empty one stands, while files are read, for one that was a fault itself."""

ITEMS_KEPT: Millis = 40 * DAY
"""How long tickets, documents and answers are kept, unless the catalogue says otherwise."""

SCREEN = "screen"
"""The channel that is always there: the screen of the operations centre."""


class Online(StrEnum):
    """How much of a service or procedure can be done online: nothing, a part, or all of it."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of matter within a service."""

    code: Code
    name_vi: Name
    name_en: Name


class Service(Struct, frozen=True):
    """A source of incidents. `cadence` (ms) is how often it normally speaks; an `external` one brings its own names.

    What a service of `dossiers` receives can be looked up by its code, and came online when its channel is one of
    `online_channels`.
    """

    code: str
    name_vi: str
    name_en: str
    unit: str | None
    cadence: Millis
    external: bool
    categories: tuple[Category, ...]
    online: Online = Online.NONE
    dossiers: bool = False
    online_channels: tuple[str, ...] = ()


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A body that handles matters, under its parent."""

    code: Code
    name: Name
    parent: Code | None = None
    kind: Name = "department"


class Ward(Struct, frozen=True, forbid_unknown_fields=True):
    """A ward or commune by its five-digit code; centre in degrees WGS 84."""

    code: Code
    name: Name
    short_name: Name
    lat: Latitude
    lon: Longitude
    area_km2: Annotated[float, Meta(ge=0, le=1e9)]


class Procedure(Struct, frozen=True):
    """A procedure of the one-stop shop. A dossier names it as its category; `unit` has it unless the dossier names one.

    `target` is the working time (ms) that is promised for it, where it is not the rule's own.
    """

    code: str
    name_vi: str
    name_en: str
    unit: str
    service: str
    online: Online
    target: Millis | None = None


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


class Baseline(Struct, frozen=True):
    """How long a service took before the centre was there (ms), and the `source` of the claim."""

    service: str
    handling: Millis
    measured_in: TimeKind
    source: str


class Catalogue(Struct, frozen=True):
    """Everything the fold needs to know of the city. `routes` are each unit's own; ask `channels_of`.

    `files` are those it was read from, by name, and `edition` tells them from any others.
    Items of the registers are forgotten `items_kept` (ms) after the last that happened to them.
    `war_room` is the link urgent notices name; like a channel's, its secrets are variables of the environment.
    """

    zone: str
    services: Mapping[str, Service]
    units: Mapping[str, Unit]
    wards: Mapping[str, Ward]
    calendars: Mapping[str, Calendar]
    rules: RuleBook
    procedures: Mapping[str, Procedure] = {}
    channels: Mapping[str, Channel] = {}
    routes: Mapping[str, tuple[str, ...]] = {}
    baselines: Mapping[str, Baseline] = {}
    shifts: tuple[Shift, ...] = ()
    indicators: Mapping[str, Indicator] = {}
    sensors: Mapping[str, Sensor] = {}
    duplicates: DuplicateRules = DuplicateRules()
    causes: Mapping[str, Cause] = {}
    edition: str = ""
    files: Mapping[str, bytes] = {}
    items_kept: Millis = ITEMS_KEPT
    war_room: str = ""
    keys: Mapping[str, Key] = {}
    directives: DirectivePolicy = DirectivePolicy()

    def war_room_link(self, environment: Mapping[str, str]) -> str:
        """Return the link to the war room with its secrets filled in; empty when a variable is not set."""
        try:
            return Template(self.war_room).substitute({name: value for name, value in environment.items() if value})
        except KeyError:
            return ""

    def is_external(self, service: str) -> bool:
        """True when a service brings its own names. One that is no longer in the catalogue does not."""
        known = self.services.get(service)
        return known is not None and known.external

    def shift_at(self, now: Instant) -> OnDuty | None:
        """Return the shift on duty at a moment; None between shifts."""
        return shift_at(self.shifts, self.zone, now)

    def above(self, unit: str) -> Iterator[str]:
        """Yield a unit and all above it, from the nearest on; a unit that is not in the catalogue has none above."""
        one: str | None = unit
        while one is not None:
            yield one
            known = self.units.get(one)
            one = known.parent if known is not None else None

    def category_of(self, service: str, code: str | None) -> Category | None:
        """Return the category of a service by its code; None of what the catalogue does not know."""
        known = self.services.get(service)
        categories = known.categories if known is not None else ()
        return next((category for category in categories if category.code == code), None)

    def procedure_of(self, service: str, category: str | None) -> Procedure | None:
        """Return the procedure that a matter of a service names as its category, if it is one."""
        known = self.procedures.get(category or "")
        return known if known is not None and known.service == service else None

    def channels_of(self, unit: str) -> tuple[str, ...]:
        """Return the channels a unit is told through: its own, or those of the nearest unit above it that has some."""
        return next((self.routes[one] for one in self.above(unit) if one in self.routes), ())
