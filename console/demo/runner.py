"""The order in which a demo's parts come up, and what it says meanwhile."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from console.demo.keys import CATALOGUE, prepare_keys
from console.demo.processes import IOC, DemoProcesses, end_all, leader
from console.simulate.script import PlayScript
from console.topics import make_topics
from ioc.core.times import parse_instant

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "demo"
PARTITIONS = 4
WORKERS = 2
PLAYER = "player"
FIRST_PORT, LAST_PORT = 8080, 8099
READY_WITHIN = 120.0

WHAT_TO_SEE = """
  {url}           the operations screen, in Vietnamese
  {url}?lang=en   the same in English
  {url}openapi.json   the API

What to look at:
  - The storm: from 14:00 on the afternoon's reports of floods, fallen trees and blackouts come in.
  - The queue: gravest first, each with the time left; j and k move, Enter opens, ? shows all keys.
  - What is urgent: several units at once, and the directives of the city's leaders, which each unit answers.
  - An incident: its history, and for every deadline the rule and the arithmetic behind it.
  - Give an order (acknowledge, assign, ...): it travels through Kafka and the workers before you see it.
  - `.venv/bin/ioc dead-letters list`: what was refused, and why. `.venv/bin/ioc verify`: is every figure right?
    (with IOC_BOOTSTRAP={bootstrap} IOC_CLOCK=event IOC_CATALOGUE={catalogue})
"""

# This machine's own address is not asked for through a proxy.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
status = Console(stderr=True, highlight=False)


class DemoFailure(Exception):
    """The demo cannot run; the message says why and what to do."""


class Demo:
    """A broker, workers, the API, a player and a notifier that sends nothing outside, on this machine only."""

    def __init__(self, script: PlayScript, zone: str) -> None:
        self.script = script
        self.zone = ZoneInfo(zone)
        self.begin = script.starts(zone)
        self.url = ""
        self.bootstrap = ""
        self.settings: dict[str, str] = {}

    def run(self) -> None:
        """Run until told to stop (SIGINT, SIGTERM). Raises DemoFailure when it does not come up."""
        end_all(FOLDER)  # what a killed demo left behind
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        crew = DemoProcesses(FOLDER)
        try:
            self._start(crew)
            self._await_picture(crew)
            self._announce()
            crew.start("notifier", self.settings, "notifier")  # the screen need not wait for it
            self._watch(crew)
        finally:
            status.print("Stopping ...")
            for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(told, signal.SIG_IGN)  # told again, it must not leave half of it running
            end_all(FOLDER)
            _broker("stop", "--wipe")

    def _start(self, crew: DemoProcesses) -> None:
        status.print("Starting the broker ...")
        _broker("stop", "--wipe")  # every demo starts with an empty city
        self.bootstrap = _broker("start").splitlines()[-1]
        make_topics(self.bootstrap, PARTITIONS, 1)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}/"
        status.print(f"Starting {WORKERS} workers, the API and the player ...")
        centre, leaders = prepare_keys(FOLDER, self.begin)
        settings = self.settings = self._settings(port)
        for number in range(1, WORKERS + 1):
            crew.start(f"worker-{number}", settings, "worker")
        crew.start("api", {**settings, "IOC_SIGNING_KEY": str(centre)}, "api")
        crew.start(PLAYER, settings, "play", *self.script.arguments(), "--leaders", str(leaders))

    def _settings(self, port: int) -> dict[str, str]:
        return {
            "IOC_BOOTSTRAP": self.bootstrap,
            "IOC_CATALOGUE": str(FOLDER / CATALOGUE),
            "IOC_CLOCK": "event",
            "IOC_PORT": str(port),
            "IOC_HOST": "127.0.0.1",
            "IOC_DATA_DIR": str(FOLDER),
            "IOC_METRICS_PORT": "0",  # one port would do for one worker only
        }

    def _await_picture(self, crew: DemoProcesses) -> None:
        """Wait until the day so far has come through broker, workers and API."""
        give_up = time.monotonic() + READY_WITHIN
        while (figures := self._figures()) is None or parse_instant(figures["as_of"]) < self.begin:
            for name, code in crew.ended().items():
                raise DemoFailure(f"{name} ended with code {code}; its log is {FOLDER / name}.log")
            if time.monotonic() > give_up:
                raise DemoFailure(f"no picture within {READY_WITHIN:g} s; the logs are in {FOLDER}")
            time.sleep(0.2)

    def _announce(self) -> None:
        (FOLDER / "announcement").write_text(
            WHAT_TO_SEE.format(url=self.url, bootstrap=self.bootstrap, catalogue=FOLDER / CATALOGUE)
        )
        (FOLDER / "url").write_text(self.url)
        status.print(announcement(), markup=False, soft_wrap=True)

    def _watch(self, crew: DemoProcesses) -> None:
        """Keep a line with what happens, and start anew what ends."""
        with status.status("") as line:
            while True:
                for name, code in crew.ended().items():
                    if name == PLAYER:  # begun again it would repeat the day
                        raise DemoFailure(f"the player ended with code {code}; its log is {FOLDER / name}.log")
                    if not _broker_runs():
                        raise DemoFailure(f"the broker has ended; its logs are in {ROOT / '.local/kafka/demo/logs'}")
                    status.print(f"{name} ended with code {code} and is started again")
                    crew.start_again(name)
                line.update(self._line())
                time.sleep(1)

    def _line(self) -> str:
        figures = self._figures()
        if figures is None:
            return "the API does not answer"
        live, today = figures["live"], figures["today"]
        clock = datetime.fromisoformat(figures["as_of"]).astimezone(self.zone).strftime("%H:%M")
        return (
            f"{clock}  x{figures['speed']:.0f}   {live['open']} open, {live['overdue']} overdue   "
            f"today {today['received']} received, {today['resolved']} resolved   Ctrl-C ends the demo"
        )

    def _figures(self) -> dict[str, Any] | None:
        try:
            with _DIRECTLY.open(f"{self.url}figures", timeout=2) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except (urllib.error.URLError, OSError):
            return None


def running() -> str | None:
    """Return the URL of the demo that runs on this machine, once it is up."""
    url = FOLDER / "url"
    return url.read_text() if leader(FOLDER) and url.exists() else None


def announcement() -> str:
    """Return what there is to see in the demo that runs on this machine."""
    return (FOLDER / "announcement").read_text()


def detach(script: PlayScript) -> str:
    """Run the demo in a process of its own; return its URL once it is up. Raises DemoFailure."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    log = FOLDER.parent / "demo.log"
    with log.open("wb") as out:
        demo = subprocess.Popen(
            [IOC, "demo", *script.arguments()],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    while (url := running()) is None:
        if demo.poll() is not None:
            raise DemoFailure(log.read_text())
        time.sleep(0.2)
    return url


def stop() -> bool:
    """End the demo that runs on this machine; tell whether there was one."""
    first = leader(FOLDER)
    if first is not None:
        first.terminate()
        first.wait(timeout=60)
    left = end_all(FOLDER)
    _broker("stop", "--wipe")
    return first is not None or left > 0


def _broker(*arguments: str) -> str:
    control = ROOT / "deploy" / "kafka" / "broker"
    if not control.exists():
        raise DemoFailure("the demo runs from a clone of the project: it needs deploy/kafka")
    done = subprocess.run(
        [sys.executable, str(control), *arguments, "--name", "demo"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DemoFailure(done.stderr.strip())
    return done.stdout


def _broker_runs() -> bool:
    try:
        _broker("status")
    except DemoFailure:
        return False
    return True


def _free_port() -> int:
    wanted = os.environ.get("IOC_PORT")
    if wanted is not None and not (wanted.isdecimal() and 0 < int(wanted) < 65536):
        raise DemoFailure(f"IOC_PORT must be a port, not {wanted!r}")
    for port in [int(wanted)] if wanted else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if attempt.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise DemoFailure(f"no free port for the API: {wanted or f'{FIRST_PORT} to {LAST_PORT}'} taken")
