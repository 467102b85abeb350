"""A city with a notifier, a real mailbox and a real receiver of webhooks."""

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from kafka import KafkaProducer

from ioc.catalogue.reading.load import hue_folder
from ioc.core.partitioner import partition_of
from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.notifications.notification import Notification, NotificationStatus
from ioc.processors.serde import decode_notification, encode
from tests.city import PATIENCE, RunningCity, city, free_port
from tests.receivers import KEY, Mailbox, Receiver, http_receiver, mailbox
from tests.streams.log import read


def now() -> Instant:
    return time.time_ns() // 1_000_000


@dataclass
class NotifiedCity:
    """A running city with its notifiers, a mailbox and a receiver of webhooks."""

    centre: RunningCity
    mail: Mailbox
    hook: Receiver
    partitions: int
    env: dict[str, str] = field(default_factory=dict)
    notifiers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def channels(self, message: str = "", call: str = "") -> None:
        """Write channels.yml: `message` goes by mail, `call` by webhook, each with further fields."""
        folder = self.centre.folder / "catalogue"
        if not folder.exists():
            shutil.copytree(hue_folder(), folder)
        (folder / "channels.yml").write_text(
            "channels:\n"
            f'  - {{id: message, kind: apprise, url: "${{IOC_TEST_MAIL}}"{message}}}\n'
            f'  - {{id: call, kind: webhook, url: "${{IOC_TEST_HOOK}}", signing_key: IOC_TEST_KEY{call}}}\n'
            "routes:\n  - {unit: hepco, channels: [call]}\n  - {unit: csgt, channels: [message]}\n"
            'war_room: "${IOC_TEST_ROOM}"\n'
        )

    def start(self, **settings: str) -> subprocess.Popen[bytes]:
        """Start a notifier, under further settings."""
        port = free_port()
        own = {
            "IOC_CATALOGUE": str(self.centre.folder / "catalogue"),
            "IOC_NOTIFY_GROUP": f"{self.centre.group}-notify",
            "IOC_NOTIFY_FIRST_WAIT": "0.1",
            "IOC_METRICS_PORT": str(port),
            "IOC_SCREEN_URL": "https://screen.example",
            "IOC_TEST_MAIL": self.mail.url,
            "IOC_TEST_HOOK": self.hook.url,
            "IOC_TEST_KEY": KEY,
            "IOC_TEST_ROOM": "https://meet.example/khan",
            "NO_PROXY": "127.0.0.1",
        }
        with (self.centre.folder / f"notifier-{len(self.notifiers)}.log").open("ab") as log:
            env = {**self.centre.env, **own, **settings}
            process = subprocess.Popen([*self.centre.ioc, "notifier"], env=env, stdout=log, stderr=log)
        self.notifiers.append(process)
        self.ports.append(port)
        return process

    def kill(self, process: subprocess.Popen[bytes], stop_signal: signal.Signals = signal.SIGKILL) -> None:
        process.send_signal(stop_signal)
        process.wait(timeout=20)

    def write(self, *records: tuple[Topic, str, object]) -> None:
        """Write records as the worker would: states before the facts of them."""
        producer = KafkaProducer(bootstrap_servers=self.centre.bootstrap)
        for topic, key, value in records:
            partition = partition_of(key.encode(), self.partitions)
            producer.send(topic, encode(value), key=key.encode(), partition=partition)
        producer.close()

    def happen(self, *numbers: int, kind: FactKind = FactKind.WARNED, **more: object) -> None:
        """Write incidents and a fact of each, a warning by default, all of them at once."""
        records: list[tuple[Topic, str, object]] = []
        for number in numbers:
            incident_id, at = f"field-reports:{number}", now()
            state = Incident(
                incident_id,
                State.REPORTED,
                "field-reports",
                unit="hepco",
                ward="19753",
                title=f"Cây đổ {number}",
                reported_at=at,
            )
            fields = {"service": "field-reports", "unit": "hepco", "target": TargetName.RESOLVE, **more}
            fact = Fact(f"{incident_id}/{kind}", kind, incident_id, at, at, **fields)  # type: ignore[arg-type]
            records += [(Topic.INCIDENTS, incident_id, state), (Topic.FACTS, incident_id, fact)]
        self.write(*records)

    def records(self) -> list[Notification]:
        records = read(self.centre.bootstrap, Topic.NOTIFICATIONS, self.partitions)
        return [decode_notification(record.value) for record in records]

    def notifications(self) -> dict[str, Notification]:
        """Return the last record of each notification, by its id."""
        return {record.id: record for record in self.records()}

    def outcomes(self) -> dict[tuple[str, str], int]:
        """Count the notifications by status and reason."""
        return dict(Counter((record.status, record.reason) for record in self.notifications().values()))

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{self.centre.logs()}\n{self.records()}"
            time.sleep(0.1)

    def until_all(self, status: NotificationStatus, count: int) -> list[Notification]:
        """Wait until so many notifications all have a status; return them."""

        def is_reached() -> bool:
            statuses = [record.status for record in self.notifications().values()]
            return statuses == [status] * count

        self.until(is_reached)
        return list(self.notifications().values())

    def metric(self, name: str) -> float:
        with urlopen(f"http://127.0.0.1:{self.ports[-1]}/metrics", timeout=5) as response:
            lines = [line for line in response.read().decode().splitlines() if line.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)


@contextmanager
def notified_city(kafka: str, folder: Path, partitions: int = 1) -> Iterator[NotifiedCity]:
    with city(kafka, folder, partitions, clock="wall") as centre, mailbox() as mail, http_receiver() as hook:
        running = NotifiedCity(centre, mail, hook, partitions)
        running.channels()
        try:
            yield running
        finally:
            for process in running.notifiers:
                process.kill()
                process.wait()
