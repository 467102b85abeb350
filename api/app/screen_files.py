"""The screen: its page at `/`, its files under `/screen/`."""

from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent.parent / "screen"

_HEADERS = {
    "Cache-Control": "no-cache",  # browsers ask each time; the ETag keeps the answer short
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class ScreenFiles(StaticFiles):
    """Static files whose headers allow content of this server only."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file with the screen's headers, or 304 when the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_HEADERS)
        return response


router = APIRouter(include_in_schema=False)
files = ScreenFiles(directory=FOLDER, check_dir=False)


@router.get("/")
async def index(request: Request) -> Response:
    """The screen's page."""
    return await files.get_response("index.html", request.scope)


def build_id() -> str:
    """Return a digest of the screen's files: it changes when one of them does."""
    digest = sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(FOLDER)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
