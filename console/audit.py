"""The audit of identities: who looked at which reporter's identity, and when."""

import asyncio

from rich.console import Console
from rich.table import Table

from console.topic_reader import read_topic
from ioc.core.times import to_rfc3339
from ioc.core.topics import Topic
from ioc.processors.serde import Look, decode_look


def list_looks(bootstrap: str, incident: str = "") -> None:
    """Print the looks in the order of time, all or those at one incident."""
    looks = [look for look in asyncio.run(_looks(bootstrap)) if incident in ("", look.incident)]
    table = Table("at", "who", "incident")
    for look in sorted(looks, key=lambda look: look.at):
        table.add_row(to_rfc3339(look.at), look.viewer, look.incident)
    Console(markup=False, highlight=False, soft_wrap=True).print(table, f"{len(looks):,} looks", sep="\n")


async def _looks(bootstrap: str) -> list[Look]:
    return [decode_look(record.value) async for record in read_topic(bootstrap, Topic.AUDIT)]
