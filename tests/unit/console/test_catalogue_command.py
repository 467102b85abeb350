"""With a faulty catalogue no command starts: one message lists all that is wrong, and no broker is asked anything."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from ioc.catalogue.reading.load import hue_folder
from tests.unit.catalogue.broken_catalogue import add_row

IOC = Path(sys.executable).parent / "ioc"
ROOT = Path(__file__).parents[3]

# What makes rules impossible to follow, a row each, and the faults that have to be told of it.
MISTAKES = {
    "rules.yml/rules": {
        "@rule(circle), ladder: [{level: 1, whom: ioc}, {level: 2, whom: ubnd-tp}, {level: 1, whom: ioc}]": [
            "circle.ladder: the levels of a ladder must rise"
        ],
        '@rule(lost), ladder: [{level: 1, whom: "the mayor"}]': ["lost.ladder.0.whom: unknown unit 'the mayor'"],
        "@rule(one)": ["one: ties with 'two': an incident can fit both equally well"],
        "@only(two), @match(one)": [],
        'id: negative, calendar: "247", targets: {resolve: -4h}, @match(negative)': [
            "negative.targets.resolve: a duration looks like 30m, 8h, 1h30m or 2d"
        ],
        'id: nothing, calendar: "247", targets: {resolve: 0h}, @match(nothing)': [
            "nothing.targets.resolve: must be more than nothing"
        ],
        "@rule(policy), on_reopen: forget, on_priority: pray": [
            "policy.on_priority: must be one of ['keep-elapsed', 'proportional', 'reset', 'retroactive']",
            "policy.on_reopen: must be one of ['continue', 'never-paused', 'reset']",
        ],
    },
    "calendars.yml/calendars": {"id: never, week: {mon-fri: []}": ["never: no working time"]},
    "units.yml/units": {
        "code: hen, name: A, parent: egg": ["hen: is above itself"],
        "code: egg, name: A, parent: hen": ["egg: is above itself"],
    },
    "services.yml/services": {"code: s, @names, unit: nobody": ["s: unknown unit 'nobody'"]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue with every mistake in it, and without a file that it needs."""
    folder = Path(shutil.copytree(hue_folder(), tmp_path / "city"))
    for place, rows in MISTAKES.items():
        for row in rows:
            add_row(folder, place, row)
    (folder / "wards.yml").unlink()
    return folder


class Broker:
    """Counts who connects to it, and hangs up."""

    def __init__(self, door: socket.socket) -> None:
        self.address = f"127.0.0.1:{door.getsockname()[1]}"
        self.asked = 0
        self._door = door

    def answer(self) -> None:
        """Take callers until the door is shut."""
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            self.asked += 1
            caller.close()


@contextmanager
def broker() -> Iterator[Broker]:
    """Listen where a command thinks that its broker is."""
    door = socket.create_server(("127.0.0.1", 0))
    one = Broker(door)
    thread = Thread(target=one.answer, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


def run(command: str, address: str, folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    own = {"IOC_BOOTSTRAP": address, "IOC_DATA_DIR": str(tmp_path / "data"), "IOC_CATALOGUE": str(folder)}
    environment = {**os.environ, **own, "PYTHONPATH": str(ROOT), "COLUMNS": "1000"}
    return subprocess.run(
        [IOC, command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", ["worker", "api", "verify"])
def test_a_command_with_a_faulty_catalogue_lists_every_fault_once_and_starts_nothing(
    folder: Path, tmp_path: Path, command: str
) -> None:
    with broker() as nobody:
        ended = run(command, nobody.address, folder, tmp_path)
    assert ended.returncode == 2, ended.stderr
    first, *listed = [line.strip() for line in ended.stderr.splitlines()]
    assert first == f"The catalogue in {folder} cannot be used:"
    assert sorted(listed) == sorted(told())
    assert ended.stdout == ""
    assert nobody.asked == 0, "no broker was asked"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city"], "nothing was started"


def told() -> list[str]:
    """Return every fault that has to be told."""
    of_rows = [
        f"{place.partition('/')[0]}: {fault}"
        for place, rows in MISTAKES.items()
        for faults in rows.values()
        for fault in faults
    ]
    return [*of_rows, "wards.yml: -: the file is missing"]


def test_with_a_sound_catalogue_the_broker_is_asked(tmp_path: Path) -> None:
    """Else the test before would show nothing."""
    with broker() as somebody:
        ended = run("verify", somebody.address, hue_folder(), tmp_path)
    assert ended.returncode not in (0, 2)
    assert somebody.asked > 0
