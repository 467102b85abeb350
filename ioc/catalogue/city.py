"""What a catalogue tells the fold, the screen and the notifier of the city, once it has been found to be whole."""

from collections.abc import Iterator, Mapping
from string import Template

from msgspec import Struct

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.cause import Cause
from ioc.catalogue.channel import Channel
from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.catalogue.duplicate_policy import DuplicateRules
from ioc.catalogue.service import Baseline, Category, Procedure, Service
from ioc.catalogue.shift import OnDuty, Shift, shift_at
from ioc.catalogue.signing_key import SigningKey
from ioc.catalogue.sla_policy import RuleBook
from ioc.catalogue.thresholds import Indicator, Sensor
from ioc.catalogue.unit import Unit, Ward
from ioc.core.times import DAY, Instant, Millis

ITEMS_KEPT: Millis = 40 * DAY
"""How long tickets, documents and answers are kept, unless the catalogue says otherwise."""


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
    keys: Mapping[str, SigningKey] = {}
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
