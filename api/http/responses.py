"""Answers in JSON, encoded once and fast."""

import msgspec
from starlette.responses import Response


def json_answer(body: object, status: int = 200) -> Response:
    """Return a body as JSON that no cache may keep."""
    return Response(
        msgspec.json.encode(body), status, headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
