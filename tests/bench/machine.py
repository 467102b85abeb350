"""The machine a benchmark ran on, as far as its figures depend on it."""

import platform
import re
from importlib.metadata import version
from pathlib import Path

import psutil
from msgspec import Struct

_ROOT = Path(__file__).resolve().parents[2]


class Machine(Struct, frozen=True):
    """Its processor, its memory (GiB), and the versions of what ran on it."""

    processor: str
    cores: int
    memory: int
    python: str
    kafka: str
    aiokafka: str
    faust: str

    def __str__(self) -> str:
        """Return it in a line."""
        software = f"Python {self.python}, Kafka {self.kafka}, aiokafka {self.aiokafka}, Faust {self.faust}"
        return f"{self.cores} cores of {self.processor}, {self.memory} GiB; {software}"


def this_machine() -> Machine:
    """Return the one this runs on."""
    return Machine(
        processor=_processor(),
        cores=psutil.cpu_count() or 1,
        memory=round(psutil.virtual_memory().total / 2**30),
        python=platform.python_version(),
        kafka=_kafka(),
        aiokafka=version("aiokafka"),
        faust=version("faust-streaming"),
    )


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _kafka() -> str:
    pom = (_ROOT / "deploy" / "kafka" / "pom.xml").read_text()
    found = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>(.+?)</version>", pom)
    return found[1] if found else "unknown"
