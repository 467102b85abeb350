"""The queues at the counters now: who waits, for how long, and who is being served."""

from collections.abc import Iterator
from typing import NamedTuple

from api.http.json import Json
from ioc.core.scalars import FigureKey
from ioc.core.times import SECOND, Instant
from ioc.figures.aggregates import LocalDays
from ioc.office_records.items import Item
from ioc.office_records.records import Act, Register


class QueueTicket(NamedTuple):
    """A ticket that was neither served nor given up; `called` is set while its holder is at the counter."""

    key: FigureKey
    issued: Instant
    called: Instant | None


class Queues:
    """The tickets that are still held."""

    def __init__(self) -> None:
        self._tickets: dict[str, QueueTicket] = {}

    def put(self, item_id: str, item: Item | None) -> None:
        """Take over an item; None removes it."""
        ticket = _open_ticket(item) if item is not None else None
        if ticket is None:
            self._tickets.pop(item_id, None)
        else:
            self._tickets[item_id] = ticket

    def summary(self, now: Instant, zone: str) -> list[Json]:
        """Return the queue of each service, unit and ward, the longest wait first.

        Tickets are valid on their day: one of yesterday that was never called is held by nobody any more.
        """
        today = LocalDays(zone).day_start(now)
        by_key: dict[FigureKey, list[QueueTicket]] = {}
        for ticket in self._tickets.values():
            if today <= ticket.issued <= now:
                by_key.setdefault(ticket.key, []).append(ticket)
        rows = [_queue_row(key, tickets, now) for key, tickets in by_key.items()]
        return sorted(rows, key=lambda row: (-(row["longest_wait_s"] or 0), row["service"], row["unit"], row["ward"]))


def _open_ticket(item: Item) -> QueueTicket | None:
    issued, called = item.stamps.get(Act.ISSUED), item.stamps.get(Act.CALLED)
    if item.register is not Register.TICKET or issued is None or item.stamps.keys() & {Act.SERVED, Act.LEFT}:
        return None
    return QueueTicket(issued.figure_key, issued.time, called.time if called is not None else None)


def _queue_row(key: FigureKey, tickets: list[QueueTicket], now: Instant) -> Json:
    waits = list(_waits(tickets, now))
    return {
        **dict(zip(("service", "unit", "ward"), key, strict=True)),
        "waiting": len(waits),
        "at_counter": len(tickets) - len(waits),
        "longest_wait_s": max(waits) / SECOND if waits else None,
    }


def _waits(tickets: list[QueueTicket], now: Instant) -> Iterator[int]:
    return (now - ticket.issued for ticket in tickets if ticket.called is None)
