"""Where a list goes on, as an opaque text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from struct import error as LayoutError  # noqa: N812

import msgspec

from api.read_model.index.entry import WorkOrder, key_of

_decode = msgspec.json.Decoder(tuple[int, int, int, str]).decode


def encode(order: WorkOrder) -> str:
    """Return the cursor of the place behind an incident."""
    return urlsafe_b64encode(msgspec.json.encode(tuple(order))).decode().rstrip("=")


def decode(cursor: str) -> WorkOrder:
    """Return the place a cursor names; ValueError when it is none of ours."""
    try:
        order = WorkOrder(*_decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
        key_of(order)  # there is a place for it
        return order
    except (msgspec.DecodeError, ValueError, LayoutError) as error:
        raise ValueError("not a cursor of this list") from error
