"""What citizens can report: each service of GeoReport is a category of one of the city's online services."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.catalogue.service import Category, Online, Service

WARD = "ward"
CHECKSUM = "media_sha256"


class ReportableService(Struct, frozen=True):
    """A service of GeoReport: one category of a city service, or the whole service when it has no categories."""

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
    """True when citizens can use the service online; services for dossiers and external services are left out."""
    service = catalogue.services.get(code)
    return service is not None and _is_reportable(service)


def _is_reportable(service: Service) -> bool:
    return service.online is not Online.NONE and not service.dossiers and not service.external


def reportable_services(catalogue: Catalogue) -> Iterator[ReportableService]:
    """Yield the services that citizens can report to."""
    for service in catalogue.services.values():
        if _is_reportable(service):
            yield from (ReportableService(service, category) for category in service.categories or (None,))


def find_service(code: str, catalogue: Catalogue) -> ReportableService | None:
    """Return the service with a `service_code`; None when nothing can be reported under it."""
    return next((service for service in reportable_services(catalogue) if service.code == code), None)


def service_row(service: ReportableService) -> dict[str, Any]:
    """Return the row of a service in the list of services."""
    named_in_english = service.category or service.service
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": named_in_english.name_en,
        "metadata": True,
        "type": "realtime",
        "keywords": None,
        "group": service.service.name_vi,
    }


def service_definition(service: ReportableService, catalogue: Catalogue) -> dict[str, Any]:
    """Return the attributes a report may have: its ward, and the checksum that shows that a photo is unchanged."""
    wards = [{"key": ward.code, "name": ward.name} for ward in catalogue.wards.values()]
    return {
        "service_code": service.code,
        "attributes": [
            _attribute(1, WARD, "singlevaluelist", "Phường, xã", wards),
            _attribute(2, CHECKSUM, "string", "SHA-256 của tệp ở media_url", []),
        ],
    }


def _attribute(order: int, code: str, datatype: str, description: str, values: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": description,
        "values": values,
    }
