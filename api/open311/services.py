"""What citizens can report: a service of GeoReport is a category of a service that people can use online."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.catalogue.service import Category, Online, Service

WARD = "ward"
CHECKSUM = "media_sha256"


class Matter(Struct, frozen=True):
    """What a report can be about: a category, or all of a service that has none."""

    service: Service
    category: Category | None

    @property
    def code(self) -> str:
        """Its `service_code`: `<service>:<category>`."""
        return self.service.code if self.category is None else f"{self.service.code}:{self.category.code}"

    @property
    def name(self) -> str:
        """Its name, as the city writes it."""
        return self.service.name_vi if self.category is None else self.category.name_vi


def is_reportable(code: str, catalogue: Catalogue) -> bool:
    """True of a service people can use online. Dossiers are their own affairs, other cities' services none of ours."""
    service = catalogue.services.get(code)
    return service is not None and _is_reportable(service)


def _is_reportable(service: Service) -> bool:
    return service.online is not Online.NONE and not service.dossiers and not service.external


def matters(catalogue: Catalogue) -> Iterator[Matter]:
    """Yield what can be reported."""
    for service in catalogue.services.values():
        if _is_reportable(service):
            yield from (Matter(service, category) for category in service.categories or (None,))


def matter(code: str, catalogue: Catalogue) -> Matter | None:
    """Return what a `service_code` stands for; None of one that nothing can be reported by."""
    return next((one for one in matters(catalogue) if one.code == code), None)


def service_shown(one: Matter) -> dict[str, Any]:
    """Return an entry of the list of services."""
    named = one.service if one.category is None else one.category
    return {
        "service_code": one.code,
        "service_name": one.name,
        "description": named.name_en,
        "metadata": True,
        "type": "realtime",
        "keywords": None,
        "group": one.service.name_vi,
    }


def definition_shown(one: Matter, catalogue: Catalogue) -> dict[str, Any]:
    """Return what a report may say besides: the ward, and the checksum by which a photo is known to be unchanged."""
    wards = [{"key": ward.code, "name": ward.name} for ward in catalogue.wards.values()]
    return {
        "service_code": one.code,
        "attributes": [
            _attribute(1, WARD, "singlevaluelist", "Phường, xã", wards),
            _attribute(2, CHECKSUM, "string", "SHA-256 của tệp ở media_url", []),
        ],
    }


def _attribute(order: int, code: str, kind: str, words: str, values: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": words,
        "values": values,
    }
