"""A city's own verdicts, row by row, against the centre's."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from console.cities.table_map import TableMap
from console.topic_reader import print_not_folded, read_topic, wait_until_folded
from ioc.core.records import Position
from ioc.core.topics import Topic
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident

WORDS = {True: "on time", False: "overdue", None: "without"}


def compare_verdicts(bootstrap: str, file: Path, city_map: TableMap, wait: float) -> int:
    """Print how many verdicts of each kind the city gave, and where the centre's differ.

    Return 1 when there is a difference, 3 when the workers have not folded all events in time, else 0.
    """
    try:
        centre = asyncio.run(_centre_verdicts(bootstrap, wait))
    except TimeoutError as error:
        return print_not_folded(error)
    return _compare(file, city_map, centre)


async def _centre_verdicts(bootstrap: str, wait: float) -> dict[str, bool]:
    """Return the centre's verdict on every incident: True for on time."""
    reached = await wait_until_folded(bootstrap, wait)
    verdicts: dict[str, bool] = {}
    async for record in read_topic(bootstrap, Topic.INCIDENTS):
        incident = decode_incident(record.value)
        verdicts[incident.id] = is_on_time(incident, reached[record.partition])
    return verdicts


def _compare(file: Path, city_map: TableMap, centre: Mapping[str, bool]) -> int:
    counts: Counter[str] = Counter()
    differences = []
    for row in city_map.rows(file):
        key, theirs = city_map.key(row), city_map.verdict(row)
        ours = centre.get(key)
        counts[WORDS[theirs]] += 1
        if theirs is not None and ours is not theirs:
            differences.append((key, WORDS[theirs], "missing" if ours is None else WORDS[ours]))
    table = Table("the city's verdict", "requests")
    for word in WORDS.values():
        table.add_row(word, f"{counts[word]:,}")
    Console().print(table, f"{len(differences)} verdicts differ", *differences[:20], sep="\n")
    return 1 if differences else 0


def is_on_time(incident: Incident, position: Position) -> bool:
    """Return True when an incident was, or still is, on time as of its partition's clock."""
    if incident.on_time is not None:
        return incident.on_time
    return not incident.overdue_at(position.clock)
