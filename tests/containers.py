"""The broker of docker-compose.yml in a container of the tests' own, where a Docker engine answers."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from testcontainers.core.container import DockerContainer

COMPOSE = Path(__file__).resolve().parent.parent / "docker-compose.yml"
START_LIMIT = 60.0


def containers_run() -> bool:
    """Tell whether a Docker engine answers."""
    # Asked by another process: where none answers, Docker's client leaves its socket open, which is a warning here.
    question = "import docker; docker.from_env(timeout=5).ping()"
    return subprocess.run([sys.executable, "-c", question], check=False, capture_output=True).returncode == 0


@contextmanager
def kafka_container() -> Iterator[str]:
    """Run the broker as long as the context lasts; give its bootstrap address."""
    service = yaml.safe_load(COMPOSE.read_text())["services"]["kafka"]
    # Clients are told the advertised address, so the port on the host has to be known beforehand.
    port = _free_port()
    advertised = f"PLAINTEXT://localhost:9092,HOST://127.0.0.1:{port}"
    container = DockerContainer(service["image"]).with_bind_ports(9094, port)
    container.with_envs(**{**service["environment"], "KAFKA_ADVERTISED_LISTENERS": advertised})
    with container:
        bootstrap = f"127.0.0.1:{port}"
        _wait(bootstrap)
        yield bootstrap


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(bootstrap: str) -> None:
    limit = time.monotonic() + START_LIMIT
    while True:
        try:
            KafkaAdminClient(bootstrap_servers=bootstrap).close()
            return
        except KafkaError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)
