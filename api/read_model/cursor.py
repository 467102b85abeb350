"""Cursors: where the next page of a list begins, as opaque text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from struct import error as LayoutError  # noqa: N812
from typing import TypeVar

import msgspec

from api.read_model.index.work_order import WorkOrder, key_of
from api.read_model.notification_log import NotificationPosition

PositionT = TypeVar("PositionT", WorkOrder, NotificationPosition)


def encode(position: WorkOrder | NotificationPosition) -> str:
    """Return the cursor of the page that begins behind a position."""
    return urlsafe_b64encode(msgspec.json.encode(tuple(position))).decode().rstrip("=")


def decode_work_order(cursor: str) -> WorkOrder:
    """Return the position in the order of work that a cursor names; ValueError when it is none of ours."""
    order = _decode(cursor, WorkOrder)
    try:
        key_of(order)
    except (ValueError, LayoutError) as error:  # such as numbers that are out of range
        raise ValueError("not a cursor of this list") from error
    return order


def decode_notification(cursor: str) -> NotificationPosition:
    """Return the position among notifications that a cursor names; ValueError when it is none of ours."""
    return _decode(cursor, NotificationPosition)


def _decode(cursor: str, position: type[PositionT]) -> PositionT:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=position)
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError("not a cursor of this list") from error
