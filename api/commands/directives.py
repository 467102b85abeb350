"""Directives as commands: signed by the centre or elsewhere, and answered by each unit."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from api.commands.events import CommandEvent
from ioc.catalogue.city import Catalogue
from ioc.core.rejections import FieldError
from ioc.decider.signatures import sign, signature_rejection, statement
from ioc.incident.directive import find_directive
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Directed
from ioc.incident.state import Incident
from ioc.signing.signer import Signer

_ANSWERS = ("acknowledge_directive", "report_directive")
_NO_KEY = "the centre has no key of its own (IOC_SIGNING_KEY) that keys.yml knows: give one that was made elsewhere"
_NO_ID = FieldError("Idempotency-Key", "needed with a signature: it is the id that was signed")


def from_centre(event: CommandEvent, signer: Signer | None) -> CommandEvent:
    """Return a directive that comes from the centre, unless it says from whom it comes, or is signed already.

    Any other event is returned as it is.
    """
    if signer is None or event.event_type is not EventType.DIRECTED or "signature" in event.data:
        return event
    return replace(event, data={"by": signer.key.owner, **event.data})


def id_errors(values: Mapping[str, object], key: str | None) -> list[FieldError]:
    """Return the error of a body with a signature that came without the id that was signed."""
    return [_NO_ID] if key is None and "signature" in values else []


def signed_by_centre(directive: CommandEvent, value: bytes, event: Event, signer: Signer | None) -> tuple[bytes, Event]:
    """Return a directive as it is encoded and as it is read, both with the centre's signature.

    They are returned as they are when there is no signer, or a signature already; so is any other event.
    """
    payload = event.payload
    if signer is None or not isinstance(payload, Directed) or payload.signature is not None:
        return value, event
    signature = sign(statement(event, payload), signer.key.id, signer.private)
    signed = replace(directive, data={**directive.data, "signature": signature})
    return signed.encode(), replace(event, payload=replace(payload, signature=signature))


def signature_errors(event: Event, catalogue: Catalogue) -> list[FieldError]:
    """Return why the workers would reject a directive for its signature; nothing for any other event."""
    if not isinstance(event.payload, Directed):
        return []
    if catalogue.keys and event.payload.signature is None:
        return [FieldError("signature", _NO_KEY)]
    rejection = signature_rejection(event, event.payload, catalogue.keys)
    if rejection is None:
        return []
    return [
        FieldError(error.field.removeprefix("data."), f"{rejection.reason}: {error.reason}")
        for error in rejection.errors
    ]


def answer_errors(command: str, values: Mapping[str, Any], incident: Incident) -> Iterator[FieldError]:
    """Yield what is wrong with the answer of a unit: no such directive, or one that was not given to the unit."""
    directive_id, unit = values.get("directive"), values.get("unit")
    if command not in _ANSWERS or not isinstance(directive_id, str):
        return
    directive = find_directive(incident.directives, directive_id)
    if directive is None:
        yield FieldError("directive", "no directive of this incident has that id")
    elif isinstance(unit, str) and directive.answer_of(unit) is None:
        yield FieldError("unit", "the directive is not to this unit")
