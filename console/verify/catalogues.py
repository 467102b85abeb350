"""The editions of the catalogue that the log was folded by, read from the topic where the workers keep them."""

from collections.abc import Mapping

from console.topic_reader import read_topic
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.errors import CatalogueError
from ioc.catalogue.reading.load import catalogue_of
from ioc.core.topics import Topic
from ioc.processors.serde import decode_catalogue

# The exit code of a command that needs an edition it cannot have.
NO_SUCH_EDITION = 4


class NoSuchEdition(LookupError):
    """An edition of the catalogue that was folded by is not to be had."""


async def read_edition_files(bootstrap: str) -> dict[str, Mapping[str, bytes]]:
    """Return the files of every edition, by edition."""
    found: dict[str, Mapping[str, bytes]] = {}
    async for record in read_topic(bootstrap, Topic.CATALOGUES):
        found.pop(record.key.decode(), None)
        if record.value is not None:
            kept = decode_catalogue(record.value)
            found[kept.edition] = kept.files
    return found


class CatalogueEditions:
    """Editions by name, each read once. The one that is at hand need not be kept."""

    def __init__(self, files: Mapping[str, Mapping[str, bytes]], at_hand: Catalogue) -> None:
        self._files = files
        self._read = {at_hand.edition: at_hand}

    def edition(self, name: str) -> Catalogue:
        """Return an edition; NoSuchEdition when it is not kept, or can no longer be read."""
        if name not in self._read:
            self._read[name] = self._made(name)
        return self._read[name]

    def _made(self, name: str) -> Catalogue:
        if not name:
            raise NoSuchEdition("part of the log was folded before editions of the catalogue were kept")
        if name not in self._files:
            raise NoSuchEdition(
                f"part of the log was folded by catalogue {name}, which {Topic.CATALOGUES} does not hold"
            )
        try:
            return catalogue_of(self._files[name])
        except CatalogueError as error:
            told = "\n  ".join(
                [f"part of the log was folded by catalogue {name}, which is now refused:", *error.errors]
            )
            raise NoSuchEdition(told) from error
