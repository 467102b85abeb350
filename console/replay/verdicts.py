"""The oracle: a city's own verdicts, row by row, against the centre's."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from console.cities import JUDGING, Judging, JudgingCity
from console.topic_reader import read_topic, tell_not_folded, wait_until_folded
from ioc.core.records import Position
from ioc.core.topics import Topic
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident

WORDS = {True: "on time", False: "overdue", None: "without"}


def compare_verdicts(bootstrap: str, file: Path, city: JudgingCity, wait: float) -> int:
    """Print the counts and every difference.

    Return 1 when there is a difference, 3 when the workers have not folded all events in time, else 0.
    """
    try:
        ours = asyncio.run(_ours(bootstrap, wait))
    except TimeoutError as error:
        return tell_not_folded(error)
    return _compared(file, JUDGING[city], ours)


async def _ours(bootstrap: str, wait: float) -> dict[str, bool]:
    reached = await wait_until_folded(bootstrap, wait)
    found: dict[str, bool] = {}
    async for record in read_topic(bootstrap, Topic.INCIDENTS):
        incident = decode_incident(record.value)
        found[incident.id] = judged(incident, reached[record.partition])
    return found


def _compared(file: Path, reads: Judging, ours: Mapping[str, bool]) -> int:
    counts: Counter[str] = Counter()
    differences = []
    for row in reads.rows(file):
        city, centre = reads.verdict(row), ours.get(reads.key(row))
        counts[WORDS[city]] += 1
        if city is not None and centre is not city:
            differences.append((reads.key(row), WORDS[city], "missing" if centre is None else WORDS[centre]))
    table = Table("the city's verdict", "requests")
    for word in WORDS.values():
        table.add_row(word, f"{counts[word]:,}")
    Console().print(table, f"{len(differences)} verdicts differ", *differences[:20], sep="\n")
    return 1 if differences else 0


def judged(incident: Incident, position: Position) -> bool:
    """Return True when an incident was, or still is, on time as of its partition's clock."""
    if incident.on_time is not None:
        return incident.on_time
    return not incident.overdue_at(position.clock)
