"""A centre of the tests' own: fresh topics on a real broker, and workers as real processes."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaAdminClient

from console.topics import make_topics
from ioc.topics import TOPICS

IOC = [str(Path(sys.executable).parent / "ioc")]
PATIENCE = 30.0


@dataclass
class City:
    """One test's centre. `clock` is 'event' or 'wall'."""

    bootstrap: str
    folder: Path
    clock: str = "event"
    group: str = field(default_factory=lambda: f"ioc-{uuid.uuid4().hex[:8]}")
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The settings of all its processes."""
        own = {"IOC_BOOTSTRAP": self.bootstrap, "IOC_CLOCK": self.clock, "IOC_GROUP": self.group}
        return {**os.environ, **own, "IOC_SESSION_TIMEOUT": "6", "IOC_DATA_DIR": str(self.folder)}

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        name = f"worker-{len(self.workers) + 1}"
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([*IOC, "worker"], env={**self.env, "IOC_NAME": name}, stdout=log, stderr=log)
        self.workers.append(process)
        return process

    def kill_worker(self, number: int) -> None:
        """Kill a worker as a failing machine would."""
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        return subprocess.run(
            [*IOC, *arguments], env=self.env, capture_output=True, text=True, check=False, timeout=300
        )

    def logs(self) -> str:
        """Return what the workers said, for a test that fails."""
        return "\n".join(path.read_text()[-3000:] for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.kill()
            worker.wait()


@contextmanager
def city(bootstrap: str, folder: Path, partitions: int = 4, clock: str = "event") -> Iterator[City]:
    """Give a centre with empty topics, and end its workers afterwards."""
    fresh_topics(bootstrap, partitions)
    centre = City(bootstrap, folder, clock)
    try:
        yield centre
    finally:
        centre.stop()


def fresh_topics(bootstrap: str, partitions: int) -> None:
    """Empty the broker of what an earlier test left, and make the topics anew."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        ours = {str(spec.name) for spec in TOPICS}
        left = ours & set(admin.list_topics())
        if left:
            admin.delete_topics(sorted(left))
        give_up = time.monotonic() + PATIENCE
        while ours & set(admin.list_topics()):
            assert time.monotonic() < give_up, "the old topics do not go away"
            time.sleep(0.1)
    finally:
        admin.close()
    make_topics(bootstrap, partitions, 1)
