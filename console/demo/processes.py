"""The processes of a demo: started, restarted when they end unasked, and ended, these and no others."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

IOC = str(Path(sys.executable).parent / "ioc")
# Seconds a process has for ending by itself.
PATIENCE = 10.0


class StartedProcess(Struct, frozen=True):
    """A process that was started. Its start time tells it from a later process with the same id."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "StartedProcess":
        """Return the record of a running process."""
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Return the process while it runs."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            running = process.create_time() == self.started and process.status() != psutil.STATUS_ZOMBIE
            return process if running else None
        return None


class DemoProcesses:
    """The processes of one demo. Their ids are written into `folder`, so that another process can end them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._starts: dict[str, Callable[[], None]] = {}
        self._record(os.getpid())

    def start(self, name: str, settings: Mapping[str, str], *command: str) -> None:
        """Start `ioc COMMAND...` under settings (`IOC_*`); its output goes to `NAME.log`."""
        self._starts[name] = partial(self.start, name, settings, *command)
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [IOC, *command],
                env={**os.environ, **settings, "IOC_NAME": name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us alone: the demo ends them in order
            )
        self._record(self._running[name].pid)

    def ended(self) -> dict[str, int]:
        """Return the exit codes of the processes that have ended, by name."""
        return {name: code for name, process in self._running.items() if (code := process.poll()) is not None}

    def restart(self, name: str) -> None:
        """Start a process again that has ended."""
        self._starts[name]()

    def _record(self, pid: int) -> None:
        with (self._folder / "processes").open("ab") as records:
            records.write(msgspec.json.encode(StartedProcess.of(pid)) + b"\n")


def demo_process(folder: Path) -> psutil.Process | None:
    """Return the running process of `ioc demo` that uses a folder; it wrote its id first."""
    started = _started(folder)
    return started[0].process() if started else None


def end_all(folder: Path) -> int:
    """End every process of a demo that still runs, except the calling one; return how many there were."""
    others = [record for record in _started(folder) if record.pid != os.getpid()]
    running = [process for record in others if (process := record.process())]
    for process in running:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(running, timeout=PATIENCE)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    (folder / "processes").unlink(missing_ok=True)
    return len(running)


def _started(folder: Path) -> list[StartedProcess]:
    try:
        records = (folder / "processes").read_bytes()
    except FileNotFoundError:
        return []
    return [msgspec.json.decode(line, type=StartedProcess) for line in records.splitlines()]
