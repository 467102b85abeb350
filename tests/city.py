"""A city of the tests' own: fresh topics on a real broker, with workers and the API as real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
from kafka import KafkaAdminClient

from console.topics import make_topics
from ioc.core.topics import TOPICS

IOC = [str(Path(sys.executable).parent / "ioc")]
PATIENCE = 30.0


@dataclass
class RunningCity:
    """The processes of one test. `clock` is 'event' or 'wall'; `others` are commands that run meanwhile."""

    bootstrap: str
    folder: Path
    clock: str = "event"
    verbose: bool = False
    group: str = field(default_factory=lambda: f"ioc-{uuid.uuid4().hex[:8]}")
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    metrics_ports: list[int] = field(default_factory=list)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)
    api: subprocess.Popen[bytes] | None = None
    url: str = ""

    @property
    def env(self) -> dict[str, str]:
        """The settings of all its processes."""
        own = {"IOC_BOOTSTRAP": self.bootstrap, "IOC_CLOCK": self.clock, "IOC_GROUP": self.group}
        return {**os.environ, **own, "IOC_SESSION_TIMEOUT": "6", "IOC_DATA_DIR": str(self.folder)}

    def start_worker(self, **settings: str) -> subprocess.Popen[bytes]:
        """Start one more worker, under further settings (`IOC_*`)."""
        name, port = f"worker-{len(self.workers) + 1}", free_port()
        own = {"IOC_NAME": name, "IOC_METRICS_PORT": str(port)}
        with (self.folder / f"{name}.log").open("ab") as log:
            env = {**self.env, **own, **settings}
            process = subprocess.Popen([*self.ioc, "worker"], env=env, stdout=log, stderr=log)
        self.workers.append(process)
        self.metrics_ports.append(port)
        return process

    def metrics(self, worker: int = 0) -> dict[str, float]:
        """Return a worker's metrics: each value by its name with labels."""
        with urlopen(f"http://127.0.0.1:{self.metrics_ports[worker]}/metrics", timeout=5) as response:
            lines = [line for line in response.read().decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def settle(self) -> None:
        """Wait until every living worker owns partitions."""
        deadline = time.monotonic() + PATIENCE
        while not all(self._owns_partitions(number) for number in self._alive()):
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)

    def _alive(self) -> list[int]:
        return [number for number, worker in enumerate(self.workers) if worker.poll() is None]

    def _owns_partitions(self, worker: int) -> bool:
        with suppress(OSError):
            return any(name.startswith("ioc_fold_lag_records") for name in self.metrics(worker))
        return False

    @property
    def ioc(self) -> list[str]:
        """The command line, with its log when `verbose`."""
        return [*IOC, "--verbose"] if self.verbose else IOC

    def start_api(self, patience: float = PATIENCE, **settings: str) -> None:
        """Start the API, under further settings (`IOC_*`), and wait until it has read the log."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        with (self.folder / "api.log").open("ab") as log:
            env = {**self.env, "IOC_PORT": str(port), **settings}
            self.api = subprocess.Popen([*self.ioc, "api"], env=env, stdout=log, stderr=log)
        deadline = time.monotonic() + patience
        while not self._is_ready():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        with suppress(OSError), urlopen(f"{self.url}ready", timeout=5) as response:
            return bool(response.status == 200)
        return False

    def kill_worker(self, number: int) -> None:
        """Kill a worker as a failing machine would."""
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait()

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command line and go on meanwhile."""
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen([*IOC, *arguments], env=self.env, stdout=log, stderr=log)
        self.others.append(process)
        return process

    def folded(self) -> float:
        """Return how many records the workers that live have folded."""
        return sum(
            value
            for number in self._alive()
            for name, value in self.metrics(number).items()
            if name.startswith("ioc_fold_records_total")
        )

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end, under further settings (`IOC_*`)."""
        env = {**self.env, **settings}
        return subprocess.run([*IOC, *arguments], env=env, capture_output=True, text=True, check=False, timeout=300)

    def verify(self, seconds: int = 60) -> str:
        """Let `ioc verify` compute everything again; it must find no difference. Return what it printed."""
        result = self.run("verify", "--wait", str(seconds))
        assert result.returncode == 0, result.stdout + result.stderr + self.logs()
        assert "\n0 differences" in result.stdout
        return result.stdout

    def get(self, path: str) -> Any:
        """Return what the API answers, decoded from JSON."""
        return self._request(Request(f"{self.url}{path}"))

    def post(self, path: str, body: object) -> Any:
        """Send a JSON body to the API; return its answer, decoded."""
        data = msgspec.json.encode(body)
        return self._request(Request(f"{self.url}{path}", data, {"Content-Type": "application/json"}))

    def _request(self, request: Request) -> Any:
        with urlopen(request, timeout=10) as response:
            return msgspec.json.decode(response.read())

    def logs(self) -> str:
        """Return the ends of all logs, for a test that fails."""
        return "\n".join(path.read_text()[-3000:] for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """End all processes."""
        for process in [*self.workers, *self.others, *([self.api] if self.api else [])]:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def city(bootstrap: str, folder: Path, partitions: int = 4, clock: str = "event") -> Iterator[RunningCity]:
    """Yield a city with empty topics, and end its processes afterwards."""
    fresh_topics(bootstrap, partitions)
    running = RunningCity(bootstrap, folder, clock)
    try:
        yield running
    finally:
        running.stop()


def fresh_topics(bootstrap: str, partitions: int) -> None:
    """Delete the topics of an earlier test, and create them again."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        ours = {str(spec.name) for spec in TOPICS}
        existing = ours & set(admin.list_topics())
        if existing:
            admin.delete_topics(sorted(existing))
        deadline = time.monotonic() + PATIENCE
        while ours & set(admin.list_topics()):
            assert time.monotonic() < deadline, "the old topics do not go away"
            time.sleep(0.1)
    finally:
        admin.close()
    make_topics(bootstrap, partitions, 1)
