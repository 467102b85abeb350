"""What all tests share: a real Kafka broker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

# On a machine that others use, how long an example takes says nothing about the code.
settings.register_profile("ioc", deadline=None)
settings.load_profile("ioc")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Give the bootstrap address of a real broker.

    It is the one that IOC_KAFKA_BOOTSTRAP names, else a container where a Docker engine answers, else the
    local broker of `deploy/kafka`, under a name of its own, so that a running demo is left alone.
    """
    if given := os.environ.get("IOC_KAFKA_BOOTSTRAP"):
        yield given
        return
    # Here, as the unit tests need not wait for the clients' import.
    from tests.containers import containers_run, kafka_container

    with kafka_container() if containers_run() else local_broker("test") as bootstrap:
        yield bootstrap


@contextmanager
def local_broker(name: str) -> Iterator[str]:
    """Run a broker on empty data as long as the context lasts."""
    control = [sys.executable, str(ROOT / "deploy" / "kafka" / "broker")]
    remove = [*control, "stop", "--name", name, "--wipe"]
    # What an interrupted run left behind would be another test's topics.
    subprocess.run(remove, check=True, stderr=subprocess.DEVNULL)
    started = subprocess.run(
        [*control, "start", "--name", name], check=False, capture_output=True, text=True, timeout=300
    )
    if started.returncode != 0:
        pytest.fail(started.stderr, pytrace=False)
    try:
        yield started.stdout.splitlines()[-1]
    finally:
        subprocess.run(remove, check=True, stderr=subprocess.DEVNULL)
