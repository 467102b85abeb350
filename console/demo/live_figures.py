"""The live figures of a demo, read from its API, and the line that shows them."""

import json
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

# This machine's own address is not asked for through a proxy.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def read_figures(url: str) -> dict[str, Any] | None:
    """Return the live figures of the API at a URL; None while it does not answer."""
    try:
        with _DIRECTLY.open(f"{url}figures", timeout=2) as answer:
            figures: dict[str, Any] = json.load(answer)
            return figures
    except (urllib.error.URLError, OSError):
        return None


def status_line(figures: dict[str, Any] | None, zone: ZoneInfo) -> str:
    """Return what happens in the demo, in one line, with the city's own clock."""
    if figures is None:
        return "the API does not answer"
    live, today = figures["live"], figures["today"]
    clock = datetime.fromisoformat(figures["as_of"]).astimezone(zone).strftime("%H:%M")
    return (
        f"{clock}  x{figures['speed']:.0f}   {live['open']} open, {live['overdue']} overdue   "
        f"today {today['received']} received, {today['resolved']} resolved   Ctrl-C ends the demo"
    )
