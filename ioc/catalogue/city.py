"""The whole catalogue of a city, as the fold, the screen and the notifier use it once every file has been checked."""

from collections.abc import Iterator, Mapping
from string import Template

from msgspec import Struct

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.cause import Cause
from ioc.catalogue.channel import Channel
from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.catalogue.duplicate_policy import DuplicatePolicy
from ioc.catalogue.service import Baseline, Category, Procedure, Service
from ioc.catalogue.shift import OnDuty, Shift, shift_at
from ioc.catalogue.signing_key import SigningKey
from ioc.catalogue.sla_policy import SlaPolicy
from ioc.catalogue.thresholds import Indicator, Sensor
from ioc.catalogue.unit import Unit, Ward
from ioc.core.times import DAY, Instant, Millis

ITEMS_KEPT: Millis = 40 * DAY
"""How long tickets, documents and survey answers are kept by default."""


class Catalogue(Struct, frozen=True):
    """Everything the fold needs to know of a city. `routes` are each unit's own channels; `channels_of` is what counts.

    `files` are the files it was read from, by name, and `edition` is a digest of them.
    Items of the registers are forgotten `items_kept` (ms) after their last event.
    `war_room` is the link in urgent notifications. Like the URL of a channel, it takes secrets from the environment.
    """

    zone: str
    services: Mapping[str, Service]
    units: Mapping[str, Unit]
    wards: Mapping[str, Ward]
    calendars: Mapping[str, Calendar]
    rules: SlaPolicy
    procedures: Mapping[str, Procedure] = {}
    channels: Mapping[str, Channel] = {}
    routes: Mapping[str, tuple[str, ...]] = {}
    baselines: Mapping[str, Baseline] = {}
    shifts: tuple[Shift, ...] = ()
    indicators: Mapping[str, Indicator] = {}
    sensors: Mapping[str, Sensor] = {}
    duplicates: DuplicatePolicy = DuplicatePolicy()
    causes: Mapping[str, Cause] = {}
    edition: str = ""
    files: Mapping[str, bytes] = {}
    items_kept: Millis = ITEMS_KEPT
    war_room: str = ""
    keys: Mapping[str, SigningKey] = {}
    directives: DirectivePolicy = DirectivePolicy()

    def war_room_link(self, environment: Mapping[str, str]) -> str:
        """Return the link to the war room with its secrets; empty when one of their variables is not set."""
        try:
            return Template(self.war_room).substitute({name: value for name, value in environment.items() if value})
        except KeyError:
            return ""

    def is_external(self, service: str) -> bool:
        """True of a service that names units and wards of its own. False of one that has left the catalogue."""
        entry = self.services.get(service)
        return entry is not None and entry.external

    def shift_at(self, now: Instant) -> OnDuty | None:
        """Return the shift on duty at an instant; None between shifts."""
        return shift_at(self.shifts, self.zone, now)

    def above(self, unit: str) -> Iterator[str]:
        """Yield a unit and all units above it, the nearest first; of a unit not in the catalogue only itself."""
        code: str | None = unit
        while code is not None:
            yield code
            entry = self.units.get(code)
            code = entry.parent if entry is not None else None

    def category_of(self, service: str, code: str | None) -> Category | None:
        """Return the category of a service by its code; None when the catalogue does not have it."""
        entry = self.services.get(service)
        categories = entry.categories if entry is not None else ()
        return next((category for category in categories if category.code == code), None)

    def procedure_of(self, service: str, category: str | None) -> Procedure | None:
        """Return the procedure that an incident of a service names as its category; None when that is no procedure."""
        procedure = self.procedures.get(category or "")
        return procedure if procedure is not None and procedure.service == service else None

    def channels_of(self, unit: str) -> tuple[str, ...]:
        """Return the channels to a unit: its own, or those of the nearest unit above it that has some."""
        return next((self.routes[code] for code in self.above(unit) if code in self.routes), ())
