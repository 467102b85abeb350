"""The editions of the catalogue by which the log was folded, from the topic where the workers keep them."""

from collections.abc import Mapping

from console.topic_reader import read_topic
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.documents.errors import CatalogueError
from ioc.catalogue.reading.load import catalogue_of
from ioc.core.topics import Topic
from ioc.processors.serde import decode_catalogue

# The exit code of a command that needs an edition it cannot have.
NO_SUCH_EDITION = 4


class NoSuchEdition(LookupError):
    """An edition of the catalogue by which the log was folded cannot be had."""


async def read_edition_files(bootstrap: str) -> dict[str, Mapping[str, bytes]]:
    """Return the files of every edition, by edition."""
    files: dict[str, Mapping[str, bytes]] = {}
    async for record in read_topic(bootstrap, Topic.CATALOGUES):
        files.pop(record.key.decode(), None)
        if record.value is not None:
            edition = decode_catalogue(record.value)
            files[edition.edition] = edition.files
    return files


class CatalogueEditions:
    """Editions by name, each read once. The one at hand need not be on the topic."""

    def __init__(self, files: Mapping[str, Mapping[str, bytes]], at_hand: Catalogue) -> None:
        self._files = files
        self._catalogues = {at_hand.edition: at_hand}

    def edition(self, name: str) -> Catalogue:
        """Return an edition; raise NoSuchEdition when it is not kept, or can no longer be read."""
        if name not in self._catalogues:
            self._catalogues[name] = self._read_edition(name)
        return self._catalogues[name]

    def _read_edition(self, name: str) -> Catalogue:
        if not name:
            raise NoSuchEdition("part of the log was folded before editions of the catalogue were kept")
        if name not in self._files:
            raise NoSuchEdition(
                f"part of the log was folded by catalogue {name}, which {Topic.CATALOGUES} does not hold"
            )
        try:
            return catalogue_of(self._files[name])
        except CatalogueError as error:
            text = "\n  ".join(
                [f"part of the log was folded by catalogue {name}, which is now refused:", *error.errors]
            )
            raise NoSuchEdition(text) from error
