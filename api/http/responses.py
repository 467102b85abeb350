"""JSON responses, encoded by msgspec."""

import msgspec
from starlette.responses import Response


def json_response(body: object, status: int = 200) -> Response:
    """Return a response with a JSON body, which no cache may keep."""
    return Response(
        msgspec.json.encode(body), status, headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
