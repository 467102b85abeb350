"""The local broker's script, run as a person runs it, from a copy with data of its own."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

ROOT = Path(__file__).resolve().parents[2]
STOPPED = 3


@dataclass(frozen=True)
class BrokerOutput:
    """What the script answered."""

    code: int
    address: str
    told: str


@dataclass(frozen=True)
class Workshop:
    """A copy of the script in a folder of its own, so that no broker of this machine is touched."""

    folder: Path

    @property
    def local(self) -> Path:
        return self.folder / ".local" / "kafka"

    def run(self, *arguments: str, path: Path | None = None) -> BrokerOutput:
        """Run the script; with `path`, only the programs in that folder are there."""
        environment = {key: value for key, value in os.environ.items() if path is None or key != "JAVA_HOME"}
        environment |= {"PATH": str(path)} if path else {}
        command = [sys.executable, str(self.folder / "deploy" / "kafka" / "broker"), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=110)
        return BrokerOutput(done.returncode, done.stdout.strip(), done.stderr)


def workshop_in(folder: Path) -> Workshop:
    shutil.copytree(ROOT / "deploy" / "kafka", folder / "deploy" / "kafka")
    (folder / ".local" / "kafka").mkdir(parents=True)
    return Workshop(folder)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A copy without Kafka's libraries."""
    return workshop_in(tmp_path)


@pytest.fixture(scope="module")
def equipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """A copy with Kafka's libraries, whose broker `trial` is stopped at the end."""
    subprocess.run([ROOT / "deploy" / "kafka" / "broker", "fetch"], check=True)
    workshop = workshop_in(tmp_path_factory.mktemp("broker"))
    (workshop.local / "lib").symlink_to(ROOT / ".local" / "kafka" / "lib")
    yield workshop
    workshop.run("stop", "--name", "trial", "--wipe")


def programs(folder: Path, **scripts: str) -> Path:
    """Make a folder of shell scripts that stand in for programs."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def java_of_version(version: str) -> str:
    return f"echo 'openjdk version \"{version}\" 2024-01-01' >&2"


@pytest.mark.broker
@pytest.mark.slow
def test_starting_twice_and_stopping_twice(equipped: Workshop, kafka: str) -> None:
    first = equipped.run("start", "--name", "trial")
    assert first.code == 0, first.told
    assert re.fullmatch(r"127\.0\.0\.1:\d+", first.address)
    assert first.address != kafka, "two brokers side by side have two addresses"
    assert "runs already" in (again := equipped.run("start", "--name", "trial")).told
    assert again.address == first.address
    assert equipped.run("status", "--name", "trial") == BrokerOutput(0, first.address, "Broker trial is up.\n")

    elsewhere = equipped.run("start", "--name", "trial", "--port", "29990")
    assert (elsewhere.code, elsewhere.address) == (1, "")
    assert f"runs on port {first.address.split(':')[1]} already" in elsewhere.told

    publish(first.address, "kept", b"x" * 5_000_000)
    assert "stopped" in equipped.run("stop", "--name", "trial").told
    assert "was not running" in equipped.run("stop", "--name", "trial").told
    assert equipped.run("status", "--name", "trial").code == STOPPED

    after = equipped.run("start", "--name", "trial")
    assert after.address == first.address, "a broker comes back where its clients look for it"
    assert len(first_record(after.address, "kept")) == 5_000_000
    equipped.run("stop", "--name", "trial", "--wipe")
    assert not (equipped.local / "trial").exists()


def publish(bootstrap: str, topic: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, max_request_size=16_000_000)
    producer.send(topic, value).get(timeout=20)
    producer.close()


def first_record(bootstrap: str, topic: str) -> bytes:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000
    )
    value: bytes = next(consumer).value
    consumer.close()
    return value


def test_a_taken_port_is_named(equipped: Workshop) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = equipped.run("start", "--name", "other", "--port", str(port))
    assert said.code == 1
    assert f"Port {port}" in said.told
    assert "taken" in said.told


def test_no_java(equipped: Workshop, tmp_path: Path) -> None:
    said = equipped.run("start", "--name", "other", path=programs(tmp_path / "bin"))
    assert said.code == 1
    assert "No Java" in said.told
    assert "apt-get install openjdk-17-jre-headless" in said.told


@pytest.mark.parametrize(("version", "told"), [("1.8.0_392", "version 8,"), ("11.0.2", "version 11,")])
def test_java_too_old(equipped: Workshop, tmp_path: Path, version: str, told: str) -> None:
    bin_folder = programs(tmp_path / "bin", java=java_of_version(version))
    said = equipped.run("start", "--name", "other", path=bin_folder)
    assert said.code == 1
    assert "too old" in said.told
    assert told in said.told


def test_no_maven(workshop: Workshop, tmp_path: Path) -> None:
    bin_folder = programs(tmp_path / "bin", java=java_of_version("17.0.15"))
    said = workshop.run("start", path=bin_folder)
    assert said.code == 1
    assert "No Maven" in said.told
    assert "apt-get install maven" in said.told


def test_maven_fails(workshop: Workshop, tmp_path: Path) -> None:
    bin_folder = programs(tmp_path / "bin", java=java_of_version("17.0.15"), mvn="echo no network; exit 1")
    said = workshop.run("start", path=bin_folder)
    assert said.code == 1
    assert "no network" in said.told


def test_a_broker_that_dies_while_starting_shows_its_last_lines(equipped: Workshop, tmp_path: Path) -> None:
    version = java_of_version("17.0.15")
    java = f'case "$*" in *-version*) {version};; *kafka.Kafka*) echo out of disk; exit 1;; esac'
    said = equipped.run("start", "--name", "doomed", path=programs(tmp_path / "bin", java=java))
    assert said.code == 1
    assert "doomed died" in said.told
    assert "out of disk" in said.told


def test_a_process_that_took_over_the_number_is_left_alone(workshop: Workshop) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        (workshop.local / "demo").mkdir()
        (workshop.local / "demo" / "pid").write_text(str(other.pid))
        (workshop.local / "demo" / "port").write_text("29092")
        assert workshop.run("status").code == STOPPED
        assert "was not running" in workshop.run("stop").told
        assert other.poll() is None
        other.terminate()


@pytest.mark.parametrize("name", ["lib", "../up", "UPPER", ""])
def test_names_that_cannot_be_folders_are_refused(workshop: Workshop, name: str) -> None:
    said = workshop.run("start", "--name", name)
    assert said.code == 2
    assert "a name is" in said.told
