"""The earlier times an incident stood open, each ended by a closing that was undone."""

from msgspec import Struct

from ioc.core.times import Instant


class OpenSpell(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """One such time: when it was closed, when that closing was undone, and when it had been due (all ms).

    `complained` is true when somebody other than the centre had it reopened: there is no other sign of a complaint.
    """

    closed: Instant
    reopened: Instant
    due: Instant | None = None
    complained: bool = False
