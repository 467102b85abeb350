"""The categories that other files may name: those of each service, and its procedures."""

from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.reading.procedures import ProcedureRow
from ioc.catalogue.reading.services import ServiceRow


class Categories:
    """The codes of the categories and procedures of each service, except external ones."""

    def __init__(self, services: NamedRows[ServiceRow], procedures: NamedRows[ProcedureRow]) -> None:
        self._is_readable = services.is_readable and procedures.is_readable
        self._by_service: dict[str, set[str]] = {row.code: set() for row in services.rows if not row.external}
        for service in services.rows:
            self._by_service.get(service.code, set()).update(category.code for category in service.categories)
        for procedure in procedures.rows:
            self._by_service.get(procedure.service, set()).add(procedure.code)

    def unknown_in(self, categories: frozenset[str], services: frozenset[str]) -> list[str]:
        """Return which categories none of the services has; without services, which no service at all has.

        None is unknown when a service is unknown itself or external: it has categories of its own.
        """
        searched = services or self._by_service.keys()
        if not (self._is_readable and searched <= self._by_service.keys()):
            return []
        return sorted(categories.difference(*(self._by_service[service] for service in searched)))
