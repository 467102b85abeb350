"""TODO."""

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


class Baseline(Struct, frozen=True):
    """How long a service took before the centre was there (ms), and the `source` of the claim."""

    service: str
    handling: Millis
    measured_in: TimeKind
    source: str
