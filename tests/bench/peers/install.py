"""Installing the other products, once each, under `.local/bench/`; and who of them takes part."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.bench.contestants.contest import Contestant
from tests.bench.measured import Measured, skipped
from tests.bench.results import ROOT

HERE = Path(__file__).resolve().parent
INSTALLED = ROOT / ".local" / "bench"
_QUIX = "at least once"
_STREAMS = "at least once; one thread, its cache off, so that every event is sent on"
TRIVIAL = "keeps the last event and sends it on, no rules"
FOLD = "a fold of a few lines: state, duplicates, report; no deadlines, figures or facts"


class NotInstalled(Exception):
    """A product cannot be installed here."""


def peers() -> tuple[list[Contestant], list[Measured]]:
    """Return those who take part, and the rows of those that cannot be installed, with the reason."""
    found: list[Contestant] = []
    missing: list[Measured] = []
    for name, install in {"Quix Streams 3.28": _quix, "Kafka Streams 4.1": _kafka_streams}.items():
        try:
            found += install(name)
        except (NotInstalled, OSError) as error:
            missing.append(skipped(name, "throughput", str(error)))
    return found, missing


def _quix(name: str) -> Iterator[Contestant]:
    python = INSTALLED / "quix" / "bin" / "python"
    wanted = HERE / "quix-requirements.txt"
    _once("quix", [wanted], lambda folder: _environment(folder, wanted))
    for what, does in {"trivial": TRIVIAL, "fold": FOLD}.items():
        yield Contestant(f"{name}, {what}", [str(python), str(HERE / "quix.py")], f"{_QUIX}; {does}", [what])


def _kafka_streams(name: str) -> Iterator[Contestant]:
    project = HERE / "kafka-streams"
    source = project / "src" / "Contestant.java"
    folder = _once("kafka-streams", [project / "pom.xml", source], lambda to: _compiled(project, to))
    java = ["java", "-Xmx768m", "-cp", f"{folder}/target/classes:{folder}/target/dependency/*", "Contestant"]
    for what, does in {"trivial": TRIVIAL, "fold": FOLD}.items():
        yield Contestant(f"{name}, {what}", java, f"{_STREAMS}; {does}", [what])


def _once(name: str, made_from: Sequence[Path], make: Callable[[Path], None]) -> Path:
    """Make a folder anew unless it was made from these very files; return it."""
    folder, stamp = INSTALLED / name, INSTALLED / f"{name}.stamp"
    wanted = "".join(path.read_text() for path in made_from)
    if not (folder.is_dir() and stamp.exists() and stamp.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        INSTALLED.mkdir(parents=True, exist_ok=True)
        make(folder)
        stamp.write_text(wanted)
    return folder


def _environment(folder: Path, requirements: Path) -> None:
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(requirements)])


def _compiled(project: Path, folder: Path) -> None:
    shutil.copytree(project, folder)
    goals = ["compiler:compile", "dependency:copy-dependencies"]
    _run(["mvn", "--batch-mode", "--quiet", "--file", str(folder / "pom.xml"), *goals])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise NotInstalled(f"{Path(command[0]).name}: {said[0] if said else f'exit code {done.returncode}'}")
