"""Listing why records were refused, showing one as it came, and publishing them again."""

import asyncio
import sys
from collections.abc import Callable
from typing import NamedTuple

from aiokafka import ConsumerRecord
from rich.console import Console
from rich.table import Table

from console.publisher import publisher
from console.topic_reader import read_topic
from ioc.core.dead_letter import ErrorHeader, is_error_header
from ioc.core.topics import Topic


class StoredDeadLetter(NamedTuple):
    """One refused record: its bytes as they came, and why it was refused.

    `place` is `partition:offset` of the record among the events, the name under which it is shown and replayed; that of
    another topic's record begins with the topic, `ioc.indicators/0:17`.
    """

    topic: str
    place: str
    when: str
    reason: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]

    @classmethod
    def read(cls, record: ConsumerRecord) -> "StoredDeadLetter":
        """Return the dead letter in a record of their topic."""
        errors = {name: text.decode() for name, text in record.headers if is_error_header(name)}
        own = [(name, text) for name, text in record.headers if not is_error_header(name)]
        topic, place = errors[ErrorHeader.TOPIC], f"{errors[ErrorHeader.PARTITION]}:{errors[ErrorHeader.OFFSET]}"
        place = place if topic == Topic.EVENTS else f"{topic}/{place}"
        when, reason = errors[ErrorHeader.TIME], errors[ErrorHeader.REASON]
        return cls(topic, place, when, reason, record.key, record.value, own)


LetterFilter = Callable[[StoredDeadLetter], bool]


def list_letters(bootstrap: str, is_wanted: LetterFilter) -> int:
    """Print the chosen letters, one a line, without their content; return how many."""
    letters = asyncio.run(_letters(bootstrap, is_wanted))
    table = Table("place", "refused at", "bytes", "reason")
    for letter in letters:
        table.add_row(letter.place, letter.when, f"{len(letter.value or b''):,}", letter.reason)
    Console().print(table, f"{len(letters):,} dead letters", sep="\n", highlight=False)
    return len(letters)


def show_letter(bootstrap: str, place: str) -> bool:
    """Write a letter's bytes to the standard output, its reason to the standard error; False when there is none."""
    letters = asyncio.run(_letters(bootstrap, lambda letter: letter.place == place))
    for letter in letters[:1]:
        console = Console(stderr=True, highlight=False)
        console.print(f"refused at {letter.when}: {letter.reason}", f"key {letter.key!r}", sep="\n", markup=False)
        sys.stdout.buffer.write(letter.value or b"")
        sys.stdout.buffer.flush()
    return bool(letters)


def replay_letters(bootstrap: str, is_wanted: LetterFilter) -> int:
    """Publish the chosen letters again on the topic they came from, unchanged; return how many."""
    return asyncio.run(_replay(bootstrap, is_wanted))


async def _letters(bootstrap: str, is_wanted: LetterFilter) -> list[StoredDeadLetter]:
    letters = [StoredDeadLetter.read(record) async for record in read_topic(bootstrap, Topic.DEAD_LETTERS)]
    return [letter for letter in letters if is_wanted(letter)]


async def _replay(bootstrap: str, is_wanted: LetterFilter) -> int:
    letters = await _letters(bootstrap, is_wanted)
    async with publisher(bootstrap) as producer:
        for letter in letters:
            await producer.send_and_wait(letter.topic, letter.value, key=letter.key, headers=letter.headers)
    return len(letters)
