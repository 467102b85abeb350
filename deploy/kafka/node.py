"""One named broker on this machine: its folder, its ports, its process."""

import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from string import Template

import probe
import software
from failure import BrokerFailure
from process import command_line, detached

START_LIMIT = 60.0
STOP_LIMIT = 20.0
_FIRST_PORT, _LAST_PORT = 29092, 29290
_HEAP = "768m"
_LOG_LINES, _LINE_LENGTH = 8, 200


@dataclass(frozen=True)
class Node:
    """A broker by name; everything it keeps lies under `.local/kafka/<name>/`."""

    name: str

    @property
    def folder(self) -> Path:
        """Where its data, logs, ports and process id are."""
        return software.LOCAL / self.name

    @property
    def port(self) -> int | None:
        """The client port of its last start."""
        return _number(self.folder / "port")

    def pid(self) -> int | None:
        """Its process id while it runs. A recorded id that now belongs to another program is not it."""
        pid = _number(self.folder / "pid")
        return pid if pid is not None and self._mark in command_line(pid) else None

    def start(self, wanted_port: int | None) -> int:
        """Start the broker unless it runs, wait until it answers, and return its client port."""
        if self.pid() is None:
            self._launch(self._choose_port(wanted_port))
        port = self.port
        if port is None:
            raise BrokerFailure(f"Broker {self.name} runs, but its port is not in {self.folder}: stop it first.")
        if wanted_port not in (None, port):
            raise BrokerFailure(f"Broker {self.name} runs on port {port} already; stop it to move it to {wanted_port}.")
        self._wait(port)
        return port

    def answers(self, port: int) -> bool:
        """Tell whether this very broker answers on a port: somebody else's can be quicker to take it."""
        known = probe.cluster(port)
        return known is not None and f"cluster.id={known}" in self._meta().splitlines()

    def _meta(self) -> str:
        try:
            return (self.folder / "data" / "meta.properties").read_text()
        except FileNotFoundError:
            return ""

    def stop(self) -> bool:
        """End the process that `start` started, and no other; tell whether there was one."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        if not self._ended(STOP_LIMIT):
            os.kill(pid, signal.SIGKILL)
            self._ended(STOP_LIMIT)
        (self.folder / "pid").unlink(missing_ok=True)
        return True

    def wipe(self) -> None:
        """Remove the folder of a stopped broker: its data, its logs, its ports."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _mark(self) -> str:
        """What its command line carries and no other process's does."""
        return f"-Dioc.kafka.folder={self.folder} "

    def _choose_port(self, wanted: int | None) -> int:
        if wanted is not None:
            if not (probe.is_free(wanted) and probe.is_free(wanted + 1)):
                raise BrokerFailure(
                    f"Port {wanted} or {wanted + 1} (the controller's) is taken by another program. "
                    "Give another --port, or none to have a free one picked."
                )
            return wanted
        for port in chain([self.port or _FIRST_PORT], range(_FIRST_PORT, _LAST_PORT, 2)):
            if probe.is_free(port) and probe.is_free(port + 1):
                return port
        raise BrokerFailure(f"No free pair of ports between {_FIRST_PORT} and {_LAST_PORT}.")

    def _launch(self, port: int) -> None:
        software.fetch_libraries()
        java = software.java()
        self._write_settings(port)
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(java)
        (self.folder / "port").write_text(str(port))
        options = [f"-Xmx{_HEAP}", f"-Xms{_HEAP}", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError"]
        command = self._command(java, *options, "kafka.Kafka", str(self._settings))
        with (self.folder / "logs" / "console.log").open("w") as console:
            process = detached(command, console, self.folder)
        (self.folder / "pid").write_text(str(process.pid))

    @property
    def _settings(self) -> Path:
        return self.folder / "server.properties"

    def _write_settings(self, port: int) -> None:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        template = Template((software.HERE / "server.properties").read_text())
        # "Safe", as the file's own comment speaks of `${...}`.
        self._settings.write_text(
            template.safe_substitute(port=port, controller_port=port + 1, data=self.folder / "data")
        )

    def _format(self, java: str) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        arguments = ["format", f"--cluster-id={cluster}", "--config", str(self._settings)]
        command = self._command(java, "kafka.tools.StorageTool", *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = done.stdout + done.stderr
            raise BrokerFailure(f"Broker {self.name}: its data folder could not be made ready.\n{said}")

    def _command(self, java: str, *arguments: str) -> list[str]:
        return [
            java,
            f"-Dioc.kafka.folder={self.folder}",
            f"-Dioc.kafka.logs={self.folder / 'logs'}",
            f"-Dlog4j2.configurationFile={software.HERE / 'log4j2.xml'}",
            "-Djava.awt.headless=true",
            "-cp",
            f"{software.LIBRARIES}/*",
            *arguments,
        ]

    def _wait(self, port: int) -> None:
        limit = time.monotonic() + START_LIMIT
        while not self.answers(port):
            if self.pid() is None:
                raise self._failure("died while starting")
            if time.monotonic() > limit:
                raise self._failure(f"does not answer after {START_LIMIT:.0f} s")
            time.sleep(0.1)

    def _ended(self, limit: float) -> bool:
        end = time.monotonic() + limit
        while self.pid() is not None:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def _failure(self, what: str) -> BrokerFailure:
        logs = [self.folder / "logs" / name for name in ("broker.log", "console.log")]
        lines = [line for log in logs if log.exists() for line in _last_lines(log)]
        return BrokerFailure("\n".join([f"Broker {self.name} {what}. Its last log lines:", *lines]))


def _last_lines(log: Path) -> list[str]:
    """Return how a log ends, and before that its latest complaints, which a stopping broker buries."""
    lines = [line[:_LINE_LENGTH] for line in log.read_text(errors="replace").splitlines()]
    complaints = [line for line in lines[:-_LOG_LINES] if re.search("ERROR|FATAL|Caused by|Exception:", line)]
    return complaints[-_LOG_LINES:] + lines[-_LOG_LINES:]


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
