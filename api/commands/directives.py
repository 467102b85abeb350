"""Directives as the API gives and tells them: signed by the centre or elsewhere, answered by each unit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Raw
from msgspec.structs import replace

from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.core.scalars import Priority, encode
from ioc.decider.signatures import signature_rejection
from ioc.decider.urgency import lowers, missing_words
from ioc.incident.directive import find_directive
from ioc.incident.event import Event
from ioc.incident.payloads import DECODE, Directed, Updated
from ioc.incident.state import HistoryEntry, Incident
from ioc.processors.reader import read_event
from ioc.signing.signer import Signer

if TYPE_CHECKING:
    from api.commands.events import Ordered

Json = dict[str, Any]
_ANSWERS = ("acknowledge_directive", "report_directive")
_NO_KEY = "the centre has no key of its own (IOC_SIGNING_KEY) that keys.yml knows: give one that was made elsewhere"


def by_the_centre(order: "Ordered", signer: Signer | None) -> "Ordered":
    """Return a directive as one of the centre's own, unless it says by whom it is, or has a signature."""
    if signer is None or "signature" in order.data:
        return order
    return replace(order, data={"by": signer.key.owner, **order.data})


def signed(order: "Ordered", signer: Signer | None) -> "Ordered":
    """Return a directive with the centre's signature, unless it has one or there is no key."""
    if signer is None or "signature" in order.data:
        return order
    return replace(order, data={**order.data, "signature": signer.signature(order.encode())})


def unsigned(entry: HistoryEntry) -> Raw:
    """Return what an entry of the history says without the signature of a directive."""
    said = DECODE[entry.event_type](entry.data)
    return Raw(encode(replace(said, signature=None))) if isinstance(said, Directed) else entry.data


def signature_faults(order: "Ordered", catalogue: Catalogue) -> list[FieldError]:
    """Return why the workers would refuse a directive for its signature."""
    event = read_event(order.incident.encode(), order.encode())
    if not isinstance(event, Event) or not isinstance(event.payload, Directed):
        return []
    if catalogue.keys and event.payload.signature is None:
        return [FieldError("signature", _NO_KEY)]
    rejection = signature_rejection(event, event.payload, catalogue.keys)
    faults = () if rejection is None else rejection.errors
    return [
        FieldError(fault.field.removeprefix("data."), f"{rejection.reason}: {fault.reason}")
        for fault in faults
        if rejection
    ]


def faults(command: str, body: object, card: IndexEntry) -> list[FieldError]:
    """Return what of a body, however faulty otherwise, the incident as it stands does not allow."""
    if not isinstance(body, dict):
        return []
    if command in _ANSWERS:
        return list(_answer_faults(body, card.incident))
    return list(_lowering_faults(body, card.incident)) if command == "update" else []


def _answer_faults(body: Json, incident: Incident) -> Iterator[FieldError]:
    id, unit = body.get("directive"), body.get("unit")
    if not isinstance(id, str):
        return
    directive = find_directive(incident.directives, id)
    if directive is None:
        yield FieldError("directive", "no directive of this incident has that id")
    elif isinstance(unit, str) and directive.answer_of(unit) is None:
        yield FieldError("unit", "the directive is not to this unit")


def _lowering_faults(body: Json, incident: Incident) -> Iterator[FieldError]:
    priority = body.get("priority")
    if isinstance(priority, str) and priority in set(Priority) and lowers(incident, Priority(priority)):
        actor, text = (word if isinstance(word, str) else None for word in (body.get("actor"), body.get("text")))
        missing = missing_words(Updated(actor=actor, text=text))
        yield from (FieldError(fault.field.removeprefix("data."), fault.reason) for fault in missing)
