"""Directives as the API gives and tells them: signed by the centre or elsewhere, answered by each unit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from api.card import Card
from ioc.catalogue import Catalogue
from ioc.directive import Answer, Directive, named
from ioc.errors import Fault
from ioc.events import Event, read_event
from ioc.incident import Entry, Incident
from ioc.lifecycle import Move
from ioc.payloads import DECODE, Directed, Priority, Updated, encode
from ioc.signatures import Signer, signature_refusal
from ioc.times import Instant, to_rfc3339
from ioc.urgency import lowers, missing_words

if TYPE_CHECKING:
    from api.commands import Ordered

Json = dict[str, Any]
_EVIDENCE: Json = {"caption": None, "public": False}
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


def unsigned(entry: Entry) -> Raw:
    """Return what an entry of the history says without the signature of a directive."""
    said = DECODE[entry.move](entry.data)
    return Raw(encode(replace(said, signature=None))) if isinstance(said, Directed) else entry.data


def signature_faults(order: "Ordered", catalogue: Catalogue) -> list[Fault]:
    """Return why the workers would refuse a directive for its signature."""
    event = read_event(order.incident.encode(), order.encode())
    if not isinstance(event, Event) or not isinstance(event.payload, Directed):
        return []
    if catalogue.keys and event.payload.signature is None:
        return [Fault("signature", _NO_KEY)]
    refusal = signature_refusal(event, event.payload, catalogue.keys)
    faults = () if refusal is None else refusal.faults
    return [
        Fault(fault.field.removeprefix("data."), f"{refusal.reason}: {fault.reason}") for fault in faults if refusal
    ]


def faults(command: str, body: object, card: Card) -> list[Fault]:
    """Return what of a body, however faulty otherwise, the incident as it stands does not allow."""
    if not isinstance(body, dict):
        return []
    if command in _ANSWERS:
        return list(_answer_faults(body, card.incident))
    return list(_lowering_faults(body, card.incident)) if command == "update" else []


def _answer_faults(body: Json, incident: Incident) -> Iterator[Fault]:
    id, unit = body.get("directive"), body.get("unit")
    if not isinstance(id, str):
        return
    directive = named(incident.directives, id)
    if directive is None:
        yield Fault("directive", "no directive of this incident has that id")
    elif isinstance(unit, str) and directive.answer_of(unit) is None:
        yield Fault("unit", "the directive is not to this unit")


def _lowering_faults(body: Json, incident: Incident) -> Iterator[Fault]:
    priority = body.get("priority")
    if isinstance(priority, str) and priority in set(Priority) and lowers(incident, Priority(priority)):
        actor, text = (word if isinstance(word, str) else None for word in (body.get("actor"), body.get("text")))
        missing = missing_words(Updated(actor=actor, text=text))
        yield from (Fault(fault.field.removeprefix("data."), fault.reason) for fault in missing)


_NONE: Json = {"directives_given": 0, "directives_open": 0, "directive_due": None}


def summary(incident: Incident) -> Json:
    """Return how many answers of units were asked for, how many are still owed, and by when the next of them."""
    if not incident.directives:
        return _NONE
    given = sum(len(one.answers) for one in incident.directives)
    owed = [one.due for one in incident.directives for answer in one.answers if answer.done_at is None]
    due = min((due for due in owed if due is not None), default=None)
    return {"directives_given": given, "directives_open": len(owed), "directive_due": _moment(due)}


def told(incident: Incident, now: Instant) -> list[Json]:
    """Return the directives of an incident, each with what its units have answered."""
    words = {(entry.source, entry.id): entry for entry in incident.history if entry.move is Move.DIRECTED}
    return [_told(one, incident, words.get((one.source, one.id)), now) for one in incident.directives]


def _told(directive: Directive, incident: Incident, entry: Entry | None, now: Instant) -> Json:
    said = {} if entry is None else msgspec.json.decode(entry.data)
    return {
        "id": directive.id,
        "by": directive.by,
        "actor": said.get("actor"),
        "text": said.get("text"),
        "time": to_rfc3339(directive.at),
        "due": _moment(directive.due),
        "units": [_answer(directive, answer, incident, now) for answer in directive.answers],
    }


def _answer(directive: Directive, answer: Answer, incident: Incident, now: Instant) -> Json:
    level = max(
        (one.level for one in incident.reminded if _is_of(one.directive, one.unit, directive, answer)), default=0
    )
    return {
        "unit": answer.unit,
        "acknowledged_at": _moment(answer.acknowledged_at),
        "done_at": _moment(answer.done_at),
        "on_time": directive.on_time(answer),
        "overdue": directive.overdue_at(answer, now),
        "level": level,
        **_words(directive, answer, incident),
    }


def _is_of(id: str, unit: str, directive: Directive, answer: Answer) -> bool:
    return (id, unit) == (directive.id, answer.unit)


def _words(directive: Directive, answer: Answer, incident: Incident) -> Json:
    """Return what a unit said when it reported the directive done."""
    for entry in incident.history:
        if entry.move is Move.DIRECTIVE_DONE and entry.time == answer.done_at and entry.refused is None:
            said = msgspec.json.decode(entry.data)
            if (said["directive"], said["unit"]) == (directive.id, answer.unit):
                return {
                    "text": said.get("text"),
                    "evidence": [_EVIDENCE | one for one in said.get("evidence", ())],
                }
    return {"text": None, "evidence": []}


def _moment(at: Instant | None) -> str | None:
    return None if at is None else to_rfc3339(at)
