"""The files of each edition of the catalogue, kept in the log: what was folded by them can be computed again."""

from aiokafka import AIOKafkaProducer

from ioc.catalogue.city import Catalogue
from ioc.core.topics import MAX_RECORD_BYTES, Topic
from ioc.processors.serde import CatalogueFiles, encode


async def keep(bootstrap: str, catalogue: Catalogue) -> None:
    """Write the files of the catalogue under their edition; return once the broker has them."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type="gzip", max_request_size=MAX_RECORD_BYTES, acks="all"
    )
    await producer.start()
    try:
        files = CatalogueFiles(catalogue.edition, dict(catalogue.files))
        await producer.send_and_wait(Topic.CATALOGUES, encode(files), key=catalogue.edition.encode())
    finally:
        await producer.stop()
