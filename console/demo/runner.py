"""The demo: the order in which its parts come up, and what it prints meanwhile."""

import shutil
import signal
import time
from zoneinfo import ZoneInfo

from rich.console import Console

from console.demo.background import announcement
from console.demo.keys import CATALOGUE, prepare_keys
from console.demo.live_figures import read_figures, status_line
from console.demo.machine import FOLDER, ROOT, DemoFailure, control_broker, free_port, is_broker_running
from console.demo.processes import DemoProcesses, end_all
from console.simulate.script import PlayScript
from console.topics import make_topics
from ioc.core.times import parse_instant

PARTITIONS = 4
WORKERS = 2
PLAYER = "player"
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

status = Console(stderr=True, highlight=False)


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
        """Run until SIGINT or SIGTERM ends it. Raises DemoFailure when it does not come up."""
        end_all(FOLDER)  # what a killed demo left behind
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        processes = DemoProcesses(FOLDER)
        try:
            self._start(processes)
            self._await_picture(processes)
            self._announce()
            processes.start("notifier", self.settings, "notifier")  # the screen need not wait for it
            self._watch(processes)
        finally:
            status.print("Stopping ...")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # a second signal must not leave half of it running
            end_all(FOLDER)
            control_broker("stop", "--wipe")

    def _start(self, processes: DemoProcesses) -> None:
        status.print("Starting the broker ...")
        control_broker("stop", "--wipe")  # every demo starts with an empty city
        self.bootstrap = control_broker("start").splitlines()[-1]
        make_topics(self.bootstrap, PARTITIONS, 1)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        status.print(f"Starting {WORKERS} workers, the API and the player ...")
        centre, leaders = prepare_keys(FOLDER, self.begin)
        settings = self.settings = self._settings(port)
        for number in range(1, WORKERS + 1):
            processes.start(f"worker-{number}", settings, "worker")
        processes.start("api", {**settings, "IOC_SIGNING_KEY": str(centre)}, "api")
        processes.start(PLAYER, settings, "play", *self.script.arguments(), "--leaders", str(leaders))

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

    def _await_picture(self, processes: DemoProcesses) -> None:
        """Wait until the day so far has come through broker, workers and API."""
        give_up = time.monotonic() + READY_WITHIN
        while (figures := read_figures(self.url)) is None or parse_instant(figures["as_of"]) < self.begin:
            for name, code in processes.ended().items():
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

    def _watch(self, processes: DemoProcesses) -> None:
        """Show in one line what happens, and restart what ends."""
        with status.status("") as line:
            while True:
                for name, code in processes.ended().items():
                    self._restart(processes, name, code)
                line.update(status_line(read_figures(self.url), self.zone))
                time.sleep(1)

    def _restart(self, processes: DemoProcesses, name: str, code: int) -> None:
        if name == PLAYER:  # begun again it would repeat the day
            raise DemoFailure(f"the player ended with code {code}; its log is {FOLDER / name}.log")
        if not is_broker_running():
            raise DemoFailure(f"the broker has ended; its logs are in {ROOT / '.local/kafka/demo/logs'}")
        status.print(f"{name} ended with code {code} and is started again")
        processes.restart(name)
