"""What the broker runs on: a Java that is new enough, and Kafka's libraries, fetched once by Maven."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from failure import BrokerFailure

HERE = Path(__file__).resolve().parent
LOCAL = HERE.parent.parent / ".local" / "kafka"
LIBRARIES = LOCAL / "lib"
OLDEST_JAVA = 17
JAVA_PACKAGE = "openjdk-17-jre-headless"

_POM = HERE / "pom.xml"
_STAMP = LIBRARIES / ".pom-sha256"


def java() -> str:
    """Return the path of a Java that runs Kafka, from JAVA_HOME or the PATH."""
    found = _java_home() or shutil.which("java")
    if found is None:
        raise BrokerFailure(f"No Java: Kafka needs Java {OLDEST_JAVA} or newer. {_advice(JAVA_PACKAGE)}")
    version = _java_version(found)
    if version < OLDEST_JAVA:
        raise BrokerFailure(
            f"Java is too old: {found} is version {version}, Kafka needs {OLDEST_JAVA} or newer. "
            f"{_advice(JAVA_PACKAGE)}, or point JAVA_HOME at a newer one."
        )
    return found


def fetch_libraries() -> None:
    """Bring the libraries that the pom names into `.local/kafka/lib`, unless they are there already."""
    wanted = hashlib.sha256(_POM.read_bytes()).hexdigest()
    if _STAMP.is_file() and _STAMP.read_text() == wanted:
        return
    java()
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerFailure(f"No Maven: it is needed once, to fetch Kafka's libraries. {_advice('maven')}")
    # Emptied first: libraries of two versions side by side would be on one class path.
    shutil.rmtree(LIBRARIES, ignore_errors=True)
    LIBRARIES.mkdir(parents=True)
    _copy_dependencies(maven)
    _STAMP.write_text(wanted)


def _copy_dependencies(maven: str) -> None:
    what = ["dependency:copy-dependencies", f"-DoutputDirectory={LIBRARIES}"]
    command = [maven, "--batch-mode", "--quiet", "--file", str(_POM), *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not any(LIBRARIES.glob("kafka_*.jar")):
        last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise BrokerFailure(f"Maven could not fetch Kafka's libraries. Its last lines:\n{last}")


def _java_home() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin") if home else None


def _java_version(path: str) -> int:
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    # "1.8.0_392" is Java 8; since then the first number is the version.
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match.group(1)) if match else 0


def _advice(package: str) -> str:
    return f"On Debian or Ubuntu: apt-get install {package}"
