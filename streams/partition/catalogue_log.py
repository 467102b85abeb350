"""The files of each edition of the catalogue, kept in the log: what was folded by them can be computed again."""

from ioc.catalogue.city import Catalogue
from ioc.core.topics import Topic
from ioc.processors.serde import CatalogueFiles, encode
from streams.kafka_clients import catalogue_producer


async def write_catalogue(bootstrap: str, catalogue: Catalogue) -> None:
    """Write the files of the catalogue under their edition; return once the broker has acknowledged them."""
    producer = catalogue_producer(bootstrap)
    await producer.start()
    try:
        files = CatalogueFiles(catalogue.edition, dict(catalogue.files))
        await producer.send_and_wait(Topic.CATALOGUES, encode(files), key=catalogue.edition.encode())
    finally:
        await producer.stop()
