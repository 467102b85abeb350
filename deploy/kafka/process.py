"""Processes of this machine: start one that outlives its starter, and read how one was started."""

import subprocess
import time
from pathlib import Path
from typing import IO


def detached(command: list[str], output: IO[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that a Ctrl-C at the starter's does not reach it."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, start_new_session=True
    )
    # For a moment after its start a process has no command line yet, which is to say it is nobody's.
    while process.poll() is None and not command_line(process.pid):
        time.sleep(0.01)
    return process


def command_line(pid: int) -> str:
    """Return a process's arguments, each followed by a space; empty when there is no such process."""
    if Path("/proc/self").exists():
        return _of_linux(pid)
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.replace("\n", " ")


def _of_linux(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""
