"""Services, their categories, the procedures of the one-stop shop, and baselines from before the centre."""

from enum import StrEnum

from msgspec import Struct

from ioc.catalogue.sla_policy import TimeKind
from ioc.core.scalars import Code, Name
from ioc.core.times import Millis


class Online(StrEnum):
    """How much of a service or procedure can be done online: nothing, a part, or all of it."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of incident within a service."""

    code: Code
    name_vi: Name
    name_en: Name


class Service(Struct, frozen=True):
    """A source of incidents. `cadence` (ms) is how often it normally sends events.

    An `external` service names units and wards of its own. The incidents of a service with `dossiers` can be looked up
    by their code; they were filed online when their channel is one of `online_channels`.
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


class Procedure(Struct, frozen=True):
    """A procedure of the one-stop shop. A dossier names it as its category; `unit` handles it by default.

    `target` is the working time (ms) promised for it; None for that of the rule.
    """

    code: str
    name_vi: str
    name_en: str
    unit: str
    service: str
    online: Online
    target: Millis | None = None


class Baseline(Struct, frozen=True):
    """How long a service took before there was a centre (ms), and the `source` of that number."""

    service: str
    handling: Millis
    measured_in: TimeKind
    source: str
