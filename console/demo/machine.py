"""What a demo needs of this machine: a folder, a broker of its own, a free port."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "demo"
FIRST_PORT, LAST_PORT = 8080, 8099


class DemoFailure(Exception):
    """The demo cannot run; the message says why and what to do."""


def control_broker(*arguments: str) -> str:
    """Run the broker's own command, `deploy/kafka/broker`, for the demo's broker; return its output."""
    control = ROOT / "deploy" / "kafka" / "broker"
    if not control.exists():
        raise DemoFailure("the demo runs from a clone of the project: it needs deploy/kafka")
    command = [sys.executable, str(control), *arguments, "--name", "demo"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise DemoFailure(ended.stderr.strip())
    return ended.stdout


def is_broker_running() -> bool:
    """True while the demo's broker runs."""
    try:
        control_broker("status")
    except DemoFailure:
        return False
    return True


def free_port() -> int:
    """Return the port IOC_PORT names, or the first free one of the demo's own. Raises DemoFailure when it is taken."""
    chosen = os.environ.get("IOC_PORT")
    if chosen is not None and not (chosen.isdecimal() and 0 < int(chosen) < 65536):
        raise DemoFailure(f"IOC_PORT must be a port, not {chosen!r}")
    for port in [int(chosen)] if chosen else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if attempt.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise DemoFailure(f"no free port for the API: {chosen or f'{FIRST_PORT} to {LAST_PORT}'} taken")
