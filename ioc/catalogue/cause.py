"""A cause of many incidents at once, such as a storm, and which kinds of incident it brings about (causes.yml)."""

from collections.abc import Mapping

from msgspec import Struct


class Cause(Struct, frozen=True):
    """A cause. `matters` are the categories it brings about, by service; an empty set stands for all of a service."""

    id: str
    name_vi: str
    name_en: str
    matters: Mapping[str, frozenset[str]]

    def brings(self, service: str, category: str | None) -> bool:
        """True when incidents of a service and category can be due to this cause."""
        categories = self.matters.get(service)
        return categories is not None and (not categories or category in categories)
