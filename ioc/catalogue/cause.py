"""What brings many matters about at once, such as a storm: kinds of matter that belong together. From causes.yml."""

from collections.abc import Mapping

from msgspec import Struct


class Cause(Struct, frozen=True):
    """A cause, and the matters it brings about: by service the categories, none for all of the service."""

    id: str
    name_vi: str
    name_en: str
    matters: Mapping[str, frozenset[str]]

    def brings(self, service: str, category: str | None) -> bool:
        """True when a matter is of those it brings about."""
        categories = self.matters.get(service)
        return categories is not None and (not categories or category in categories)
