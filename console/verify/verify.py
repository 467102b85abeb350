"""Checking the centre against itself: everything is computed again from the log, and compared with what was written.

Events may keep coming meanwhile: what was written is read between two readings of the positions, and what the records
between the two touch is counted, not compared.
"""

import asyncio

from rich.console import Console

from console.topic_reader import print_not_folded
from console.verify.catalogues import NO_SUCH_EDITION, CatalogueEditions, NoSuchEdition, read_edition_files
from console.verify.check import Check, Terms
from console.verify.duplicates import DuplicateCheck
from console.verify.findings import Findings
from console.verify.incidents import IncidentCheck
from console.verify.inspection import Inspection
from console.verify.own_events import OwnEvents
from console.verify.sensors import SensorCheck
from ioc.catalogue.city import Catalogue
from ioc.core.times import SECOND
from streams.clock import now_ms
from streams.settings import WorkerSettings


def verify_log(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> int:
    """Print what was compared and every difference.

    Return 1 when there is a difference, 3 when the workers have not folded all events in time, 4 when a catalogue that
    was folded by is not to be had, else 0.
    """
    try:
        return asyncio.run(_verify(settings, catalogue, wait)).print()
    except NoSuchEdition as error:
        Console(stderr=True).print(str(error), highlight=False, markup=False, soft_wrap=True)
        return NO_SUCH_EDITION
    except TimeoutError as error:
        return print_not_folded(error)


async def _verify(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> Findings:
    bootstrap = settings.bootstrap
    incidents, duplicates, sensors = IncidentCheck(bootstrap), DuplicateCheck(bootstrap), SensorCheck(bootstrap)
    # The incidents come last: by then their log holds all that the other two had sent when they were asked.
    to_begin: tuple[Check, ...] = sensors, duplicates, incidents
    for check in to_begin:
        await check.begin(wait)
    inspection = Inspection(settings.clock, now_ms(), round(settings.late_after * SECOND))
    for check in reversed(to_begin):
        await check.read()
    editions = CatalogueEditions(await read_edition_files(bootstrap), catalogue)
    partitions = incidents.snapshots.values()
    events = [record for partition in partitions for record in partition.folded]
    own_events = OwnEvents(record for partition in partitions for record in partition.log)
    terms = Terms(catalogue, editions.edition, inspection, settings.slice_records, events, own_events)
    return _compare(incidents, duplicates, sensors, terms)


def _compare(incidents: IncidentCheck, duplicates: DuplicateCheck, sensors: SensorCheck, terms: Terms) -> Findings:
    """Return what all checks find. The first two say what the centre had to send itself; then that is compared too."""
    findings = Findings()
    findings.add(incidents.compare(terms))
    findings.add(duplicates.compare(terms))
    findings.differences += terms.own_events.differences()
    if _is_at_rest(incidents, duplicates):
        findings.differences += terms.own_events.invented()
    findings.add(sensors.compare(terms))
    return findings


def _is_at_rest(incidents: IncidentCheck, duplicates: DuplicateCheck) -> bool:
    """True when nothing came while all was read, and every candidate there ever was could be read."""
    partitions = duplicates.snapshots.values()
    return all(snapshot.is_at_rest for snapshot in incidents.snapshots.values()) and all(
        snapshot.is_at_rest and snapshot.is_whole for snapshot in partitions
    )
