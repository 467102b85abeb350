"""What makes an incident a dossier: it is an application for a procedure."""

from msgspec import Struct

from ioc.catalogue.service import Online


class Dossier(Struct, array_like=True, frozen=True, gc=False):
    """How much of the procedure can be done online, if that is known, and whether this application came online."""

    level: Online | None
    came_online: bool
