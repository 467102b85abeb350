"""Telling people across a real broker: to a real mailbox and a real receiver, once, whatever is killed on the way."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ioc.catalogue.reading.load import hue_folder
from ioc.core.partitioner import partition_of
from ioc.core.scalars import TargetName
from ioc.core.times import HOUR, Instant, to_datetime, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.notifications.notification import Notification, NotificationStatus, Occasion
from ioc.processors.serde import decode_notification, encode
from streams.fail_fast import Exit
from tests.city import PATIENCE, City, city, free_port
from tests.receivers import KEY, Mailbox, Receiver, http_receiver, mailbox
from tests.streams.test_worker import publish, read
from tests.unit.samples import body, keys_file

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]


def now() -> Instant:
    return time.time_ns() // 1_000_000


@dataclass
class Town:
    """A centre with a notifier, a mailbox and a receiver of webhooks."""

    centre: City
    mail: Mailbox
    hook: Receiver
    partitions: int
    env: dict[str, str] = field(default_factory=dict)
    notifiers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def channels(self, message: str = "", call: str = "") -> None:
        """Write how people are told: `message` by mail, `call` by webhook, each with further fields."""
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

    def kill(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        process.send_signal(how)
        process.wait(timeout=20)

    def write(self, *records: tuple[Topic, str, object]) -> None:
        """Write records as the worker would: states before the facts of them."""
        producer = KafkaProducer(bootstrap_servers=self.centre.bootstrap)
        for topic, key, value in records:
            partition = partition_of(key.encode(), self.partitions)
            producer.send(topic, encode(value), key=key.encode(), partition=partition)
        producer.close()

    def happen(self, *numbers: int, kind: FactKind = FactKind.WARNED, **more: object) -> None:
        """Let incidents be warned of, or what else is asked for, all of them in one go."""
        records: list[tuple[Topic, str, object]] = []
        for number in numbers:
            id, at = f"field-reports:{number}", now()
            state = Incident(
                id,
                State.REPORTED,
                "field-reports",
                unit="hepco",
                ward="19753",
                title=f"Cây đổ {number}",
                reported_at=at,
            )
            made = {"service": "field-reports", "unit": "hepco", "target": TargetName.RESOLVE, **more}
            fact = Fact(f"{id}/{kind}", kind, id, at, at, **made)  # type: ignore[arg-type]
            records += [(Topic.INCIDENTS, id, state), (Topic.FACTS, id, fact)]
        self.write(*records)

    def records(self) -> list[Notification]:
        found = read(self.centre.bootstrap, Topic.NOTIFICATIONS, self.partitions)
        return [decode_notification(record.value) for record in found]  # type: ignore[attr-defined]

    def ledger(self) -> dict[str, Notification]:
        return {one.id: one for one in self.records()}

    def until(self, what: Callable[[], object], seconds: float = PATIENCE) -> None:
        give_up = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < give_up, f"{self.centre.logs()}\n{self.records()}"
            time.sleep(0.1)

    def until_all(self, status: NotificationStatus, count: int) -> list[Notification]:
        def all_there() -> bool:
            found = list(self.ledger().values())
            return len(found) == count and all(one.status is status for one in found)

        self.until(all_there)
        return list(self.ledger().values())

    def ask(self, path: str, body: object = None) -> Any:
        """Ask the API, or give it a command."""
        data = None if body is None else msgspec.json.encode(body)
        request = Request(f"{self.centre.url}{path}", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            return msgspec.json.decode(answer.read())

    def metric(self, name: str) -> float:
        with urlopen(f"http://127.0.0.1:{self.ports[-1]}/metrics", timeout=5) as answer:
            lines = [line for line in answer.read().decode().splitlines() if line.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)


@contextmanager
def town(kafka: str, folder: Path, partitions: int = 1) -> Iterator[Town]:
    with city(kafka, folder, partitions, clock="wall") as centre, mailbox() as mail, http_receiver() as hook:
        town = Town(centre, mail, hook, partitions)
        town.channels()
        try:
            yield town
        finally:
            for process in town.notifiers:
                process.kill()
                process.wait()


def test_a_directive_reaches_every_unit_directed_once_and_never_again_on_a_replay(kafka: str, tmp_path: Path) -> None:
    at = now()
    report = body("reported", at, "e1", service="field-reports", ward="19753", title="Cây đổ, gọi 0912 345 678")
    order = body("directed", at + 1, "e2", units=["hepco", "csgt"])
    with town(kafka, tmp_path) as here:
        (tmp_path / "catalogue" / "keys.yml").write_text(keys_file())
        here.centre.start_worker(IOC_CATALOGUE=str(tmp_path / "catalogue"))
        first = here.start()
        publish(kafka, (b"field-reports:1", report), (b"field-reports:1", order))
        told = here.until_all(NotificationStatus.SENT, 2)
        assert {(one.unit, one.channel, one.occasion) for one in told} == {
            ("hepco", "call", Occasion.DIRECTED),
            ("csgt", "message", Occasion.DIRECTED),
        }
        (mail,) = here.mail.mail
        by_channel = {one.channel: one for one in told}
        assert mail["X-Notification-Id"] == by_channel["message"].message
        assert mail["Subject"] == "Chỉ đạo phải thực hiện: Cây đổ, gọi … (Phường Phú Xuân) [field-reports:1]"
        assert "https://screen.example/?incident=field-reports:1" in mail.get_content()
        assert here.hook.ids == [by_channel["call"].message]
        assert here.hook.forged == 0
        (item,) = here.hook.bodies[0]["data"]["items"]
        assert (item["units"], item["incident"], item["occasion"]) == (["hepco"], "field-reports:1", "directed")
        assert here.metric("ioc_notifier_attempts_total{") == 2
        text = b"".join(encode(one) for one in here.records())
        assert not any(secret.encode() in text for secret in (KEY, here.mail.url, here.hook.url, "0912", "hue.example"))

        urgent = body("reported", now(), "e3", "2", service="field-reports", unit="hepco", priority="urgent")
        publish(kafka, (b"field-reports:2", urgent))
        here.until(lambda: len(here.hook.ids) == 2)
        assert here.hook.bodies[1]["data"]["title"].startswith("[KHẨN] Sự việc khẩn: ")
        assert here.hook.bodies[1]["data"]["text"].endswith("Phòng họp khẩn: https://meet.example/khan")
        here.until(lambda: all(one.is_final for one in here.ledger().values()))

        here.kill(first, signal.SIGTERM)
        assert first.returncode == 0
        written, mails = here.records(), len(here.mail.mail)
        second = here.start(IOC_NOTIFY_GROUP=f"{here.centre.group}-anew")  # has no position: reads every fact again
        here.until(lambda: _position(here) > 0)
        assert here.metric("ioc_notifier_attempts_total{") == 0
        here.kill(second)
        assert (here.records(), len(here.mail.mail), len(here.hook.ids)) == (written, mails, 2)


def _position(here: Town) -> int:
    consumer = KafkaConsumer(bootstrap_servers=here.centre.bootstrap, group_id=f"{here.centre.group}-anew")
    try:
        return consumer.committed(TopicPartition(Topic.FACTS, 0)) or 0
    finally:
        consumer.close()


def test_killed_between_sending_and_writing_it_down_the_same_message_is_sent_again(kafka: str, tmp_path: Path) -> None:
    with town(kafka, tmp_path) as here:
        here.hook.answer = lambda n: None if n == 0 else 204  # taken, and the answer never comes
        first = here.start()
        here.happen(1)
        here.until(lambda: here.hook.ids)
        here.kill(first)
        (planned,) = here.ledger().values()
        assert planned.status is NotificationStatus.PLANNED
        here.start()
        (told,) = here.until_all(NotificationStatus.SENT, 1)
        assert here.hook.ids == [told.message, told.message]


def test_a_receiver_that_fails_and_recovers_is_told_and_one_that_never_does_is_given_up(
    kafka: str, tmp_path: Path
) -> None:
    with town(kafka, tmp_path) as here:
        here.hook.answer = lambda n: 503 if n < 2 else 204
        here.start(IOC_NOTIFY_ATTEMPTS="4")
        here.happen(1)
        here.until_all(NotificationStatus.SENT, 1)
        assert [(one.status, one.reason, one.attempts) for one in here.records()] == [
            (NotificationStatus.PLANNED, "", 0),
            (NotificationStatus.WAITING, "http_503", 1),
            (NotificationStatus.WAITING, "http_503", 2),
            (NotificationStatus.SENT, "", 3),
        ]
        assert len(set(here.hook.ids)) == 1
        here.hook.answer = lambda _: 410
        here.happen(2)
        here.until(lambda: NotificationStatus.FAILED in {one.status for one in here.ledger().values()})
        failed = next(one for one in here.ledger().values() if one.status is NotificationStatus.FAILED)
        assert (failed.reason, failed.attempts) == ("http_410", 4)
        assert here.metric('ioc_notifier_notifications_total{channel="call",status="failed"}') == 1


def test_what_waits_survives_a_restart_and_goes_out_together(kafka: str, tmp_path: Path) -> None:
    local = to_datetime(now()).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    quiet = f"{local - timedelta(hours=1):%H:%M}-{local + timedelta(hours=2):%H:%M}"
    with town(kafka, tmp_path) as here:
        here.channels(call=", per_minute: 3", message=f', quiet: ["{quiet}"]')
        first = here.start()
        here.happen(0, 1, 2)
        here.until(lambda: len(here.hook.ids) == 3)
        here.happen(*range(3, 10))
        here.happen(20, 21, unit="csgt")
        here.until(lambda: _reasons(here) == {("sent", ""): 3, ("waiting", "rate"): 7, ("waiting", "quiet_hours"): 2})
        here.kill(first)
        here.channels(call=", per_minute: 30")
        here.start(IOC_NOTIFY_GROUP=f"{here.centre.group}-anew")  # what waits is in the ledger, not in the position
        here.until(lambda: all(one.is_final for one in here.ledger().values()))
        assert _reasons(here) == {("sent", ""): 3, ("bundled", ""): 9}
        assert [len(one["data"]["items"]) for one in here.hook.bodies] == [1, 1, 1, 7]
        (mail,) = here.mail.mail
        assert mail["Subject"] == "2 thông báo"


def _reasons(here: Town) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for one in here.ledger().values():
        found[one.status, one.reason] = found.get((one.status, one.reason), 0) + 1
    return found


def test_old_facts_and_replays_and_maintenance_are_noted_and_told_to_nobody(kafka: str, tmp_path: Path) -> None:
    with town(kafka, tmp_path) as here:
        here.centre.start_api()
        at = now()
        old = Fact("old", FactKind.WARNED, "field-reports:9", at, at - 2 * HOUR, unit="hepco")
        here.write((Topic.FACTS, "field-reports:9", old))
        replaying = here.start(IOC_CLOCK="event")
        here.happen(7)
        here.until(lambda: _reasons(here) == {("suppressed", "replay"): 2})
        here.kill(replaying, signal.SIGTERM)
        window = here.ask(
            "maintenance",
            {
                "scope": {"wards": ["19753"]},
                "from": to_rfc3339(at - HOUR),
                "to": to_rfc3339(at + HOUR),
                "actor": "Ca trực 1",
                "why": "Thay trạm biến áp",
            },
        )
        here.start()
        here.write((Topic.FACTS, "field-reports:9", Fact("older", *_parts(old))))
        here.happen(1)
        here.until(lambda: len(here.ledger()) == 4)
        assert _reasons(here) == {
            ("suppressed", "replay"): 2,
            ("suppressed", "too_old"): 1,
            ("suppressed", "maintenance"): 1,
        }
        here.ask(f"maintenance/{window['id']}/end", {"actor": "Ca trực 1", "why": "Xong sớm"})
        here.until(lambda: here.hook.ids)
        here.until(lambda: all(one.is_final for one in here.ledger().values()))
        still = [one.incident for one in here.ledger().values() if one.occasion is Occasion.STILL_OPEN]
        assert sorted(still) == ["field-reports:1", "field-reports:7"], "what was open, whoever heard of it before"
        assert len(here.hook.ids) == 1
        here.until(lambda: len(here.ask("notifications?incident=field-reports:1")["items"]) == 2)
        first, last = here.ask("notifications?incident=field-reports:1")["items"]
        assert (first["occasion"], first["status"]) == ("still_open", "bundled")
        assert (last["reason"], last["window"]) == ("maintenance", window["id"])


def _parts(fact: Fact) -> list[object]:
    return [getattr(fact, name) for name in fact.__struct_fields__[1:]]


def test_two_notifiers_tell_each_thing_under_one_id_though_one_freezes_and_wakes_up(kafka: str, tmp_path: Path) -> None:
    with town(kafka, tmp_path, partitions=4) as here:
        pair = [here.start(), here.start()]
        here.until(lambda: _owners(here) == 2)
        here.happen(*range(30))
        here.until(lambda: len(here.hook.ids) > 5)
        pair[0].send_signal(signal.SIGSTOP)
        here.happen(*range(30, 40))
        here.until_all(NotificationStatus.SENT, 40)
        pair[0].send_signal(signal.SIGCONT)
        here.happen(*range(40, 50))
        told = here.until_all(NotificationStatus.SENT, 50)
        assert {one.message for one in told} == set(here.hook.ids)
        again = len(here.hook.ids) - len(set(here.hook.ids))
        assert again <= 4, "only what was on its way through the one that froze"
        assert {one.cause for one in told} == {f"field-reports:{number}/warned" for number in range(50)}
        assert pair[0].poll() in (None, Exit.NOT_WRITTEN), "it goes on with what is its own, or stops in doubt"
        assert pair[1].poll() is None


def _owners(here: Town) -> int:
    """Return how many of the notifiers have opened a partition."""
    logs = [here.centre.folder / f"notifier-{number}.log" for number in range(len(here.notifiers))]
    return sum("notifications to tell" in log.read_text() for log in logs)


def test_channels_that_could_never_send_are_told_all_at_once_and_nothing_starts(kafka: str, tmp_path: Path) -> None:
    with town(kafka, tmp_path) as here:
        process = here.start(IOC_TEST_MAIL="no-such-service://hunter2", IOC_TEST_KEY="%%% hunter2")
        assert process.wait(timeout=30) == 2
        log = (tmp_path / "notifier-0.log").read_text()
        assert "message: Apprise knows no such service" in log
        assert "call: IOC_TEST_KEY must hold whsec_ and a key of 24 bytes or more in Base64" in log
        assert "hunter2" not in log
