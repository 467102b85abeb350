"""Telling people across a real broker: to a real mailbox and a real receiver, once, whatever is killed on the way."""

import signal
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kafka import KafkaConsumer, TopicPartition
from msgspec.structs import replace

from ioc.core.times import HOUR, to_datetime, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.notifications.notification import NotificationStatus, Occasion
from ioc.processors.serde import encode
from streams.fail_fast import Exit
from tests.receivers import KEY
from tests.streams.log import publish
from tests.streams.notifier.notified_city import NotifiedCity, notified_city, now
from tests.unit.samples import body, keys_file

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]


def test_a_directive_reaches_every_unit_directed_once_and_never_again_on_a_replay(kafka: str, tmp_path: Path) -> None:
    at = now()
    report = body("reported", at, "e1", service="field-reports", ward="19753", title="Cây đổ, gọi 0912 345 678")
    order = body("directed", at + 1, "e2", units=["hepco", "csgt"])
    with notified_city(kafka, tmp_path) as here:
        (tmp_path / "catalogue" / "keys.yml").write_text(keys_file())
        here.centre.start_worker(IOC_CATALOGUE=str(tmp_path / "catalogue"))
        first = here.start()
        publish(kafka, (b"field-reports:1", report), (b"field-reports:1", order))
        notifications = here.until_all(NotificationStatus.SENT, 2)
        assert {(record.unit, record.channel, record.occasion) for record in notifications} == {
            ("hepco", "call", Occasion.DIRECTED),
            ("csgt", "message", Occasion.DIRECTED),
        }
        (mail,) = here.mail.mail
        by_channel = {record.channel: record for record in notifications}
        assert mail["X-Notification-Id"] == by_channel["message"].message
        assert mail["Subject"] == "Chỉ đạo phải thực hiện: Cây đổ, gọi … (Phường Phú Xuân) [field-reports:1]"
        assert "https://screen.example/?incident=field-reports:1" in mail.get_content()
        assert here.hook.ids == [by_channel["call"].message]
        assert here.hook.forged == 0
        (item,) = here.hook.bodies[0]["data"]["items"]
        assert (item["units"], item["incident"], item["occasion"]) == (["hepco"], "field-reports:1", "directed")
        assert here.metric("ioc_notifier_attempts_total{") == 2
        text = b"".join(encode(record) for record in here.records())
        assert not any(secret.encode() in text for secret in (KEY, here.mail.url, here.hook.url, "0912", "hue.example"))

        urgent = body("reported", now(), "e3", "2", service="field-reports", unit="hepco", priority="urgent")
        publish(kafka, (b"field-reports:2", urgent))
        here.until(lambda: len(here.hook.ids) == 2)
        assert here.hook.bodies[1]["data"]["title"].startswith("[KHẨN] Sự việc khẩn: ")
        assert here.hook.bodies[1]["data"]["text"].endswith("Phòng họp khẩn: https://meet.example/khan")
        here.until(lambda: all(record.is_final for record in here.notifications().values()))

        here.kill(first, signal.SIGTERM)
        assert first.returncode == 0
        written, mails = here.records(), len(here.mail.mail)
        second = here.start(IOC_NOTIFY_GROUP=f"{here.centre.group}-anew")  # has no position: reads every fact again
        here.until(lambda: _position(here) > 0)
        assert here.metric("ioc_notifier_attempts_total{") == 0
        here.kill(second)
        assert (here.records(), len(here.mail.mail), len(here.hook.ids)) == (written, mails, 2)


def _position(here: NotifiedCity) -> int:
    consumer = KafkaConsumer(bootstrap_servers=here.centre.bootstrap, group_id=f"{here.centre.group}-anew")
    try:
        return consumer.committed(TopicPartition(Topic.FACTS, 0)) or 0
    finally:
        consumer.close()


def test_killed_between_sending_and_writing_it_down_the_same_message_is_sent_again(kafka: str, tmp_path: Path) -> None:
    with notified_city(kafka, tmp_path) as here:
        here.hook.answer = lambda n: None if n == 0 else 204  # taken, and the answer never comes
        first = here.start()
        here.happen(1)
        here.until(lambda: here.hook.ids)
        here.kill(first)
        (planned,) = here.notifications().values()
        assert planned.status is NotificationStatus.PLANNED
        here.start()
        (notification,) = here.until_all(NotificationStatus.SENT, 1)
        assert here.hook.ids == [notification.message, notification.message]


def test_a_receiver_that_fails_and_recovers_is_told_and_one_that_never_does_is_given_up(
    kafka: str, tmp_path: Path
) -> None:
    with notified_city(kafka, tmp_path) as here:
        here.hook.answer = lambda n: 503 if n < 2 else 204
        here.start(IOC_NOTIFY_ATTEMPTS="4")
        here.happen(1)
        here.until_all(NotificationStatus.SENT, 1)
        assert [(record.status, record.reason, record.attempts) for record in here.records()] == [
            (NotificationStatus.PLANNED, "", 0),
            (NotificationStatus.WAITING, "http_503", 1),
            (NotificationStatus.WAITING, "http_503", 2),
            (NotificationStatus.SENT, "", 3),
        ]
        assert len(set(here.hook.ids)) == 1
        here.hook.answer = lambda _: 410
        here.happen(2)
        here.until(lambda: NotificationStatus.FAILED in {record.status for record in here.notifications().values()})
        failed = next(record for record in here.notifications().values() if record.status is NotificationStatus.FAILED)
        assert (failed.reason, failed.attempts) == ("http_410", 4)
        assert here.metric('ioc_notifier_notifications_total{channel="call",status="failed"}') == 1


def test_what_waits_survives_a_restart_and_goes_out_together(kafka: str, tmp_path: Path) -> None:
    local = to_datetime(now()).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    quiet = f"{local - timedelta(hours=1):%H:%M}-{local + timedelta(hours=2):%H:%M}"
    with notified_city(kafka, tmp_path) as here:
        here.channels(call=", per_minute: 3", message=f', quiet: ["{quiet}"]')
        first = here.start()
        here.happen(0, 1, 2)
        here.until(lambda: len(here.hook.ids) == 3)
        here.happen(*range(3, 10))
        here.happen(20, 21, unit="csgt")
        here.until(lambda: here.outcomes() == {("sent", ""): 3, ("waiting", "rate"): 7, ("waiting", "quiet_hours"): 2})
        here.kill(first)
        here.channels(call=", per_minute: 30")
        # what waits is in the notification log, not in the position
        here.start(IOC_NOTIFY_GROUP=f"{here.centre.group}-anew")
        here.until(lambda: all(record.is_final for record in here.notifications().values()))
        assert here.outcomes() == {("sent", ""): 3, ("bundled", ""): 9}
        assert [len(posted["data"]["items"]) for posted in here.hook.bodies] == [1, 1, 1, 7]
        (mail,) = here.mail.mail
        assert mail["Subject"] == "2 thông báo"


def test_old_facts_and_replays_and_maintenance_are_noted_and_told_to_nobody(kafka: str, tmp_path: Path) -> None:
    with notified_city(kafka, tmp_path) as here:
        here.centre.start_api()
        at = now()
        old = Fact("old", FactKind.WARNED, "field-reports:9", at, at - 2 * HOUR, unit="hepco")
        here.write((Topic.FACTS, "field-reports:9", old))
        replaying = here.start(IOC_CLOCK="event")
        here.happen(7)
        here.until(lambda: here.outcomes() == {("suppressed", "replay"): 2})
        here.kill(replaying, signal.SIGTERM)
        window = here.centre.post(
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
        here.write((Topic.FACTS, "field-reports:9", replace(old, id="older")))
        here.happen(1)
        here.until(lambda: len(here.notifications()) == 4)
        assert here.outcomes() == {
            ("suppressed", "replay"): 2,
            ("suppressed", "too_old"): 1,
            ("suppressed", "maintenance"): 1,
        }
        here.centre.post(f"maintenance/{window['id']}/end", {"actor": "Ca trực 1", "why": "Xong sớm"})
        here.until(lambda: here.hook.ids)
        here.until(lambda: all(record.is_final for record in here.notifications().values()))
        still = [record.incident for record in here.notifications().values() if record.occasion is Occasion.STILL_OPEN]
        assert sorted(still) == ["field-reports:1", "field-reports:7"], "what was open, whoever heard of it before"
        assert len(here.hook.ids) == 1
        here.until(lambda: len(here.centre.get("notifications?incident=field-reports:1")["items"]) == 2)
        first, last = here.centre.get("notifications?incident=field-reports:1")["items"]
        assert (first["occasion"], first["status"]) == ("still_open", "bundled")
        assert (last["reason"], last["window"]) == ("maintenance", window["id"])


def test_two_notifiers_tell_each_thing_under_one_id_though_one_freezes_and_wakes_up(kafka: str, tmp_path: Path) -> None:
    with notified_city(kafka, tmp_path, partitions=4) as here:
        pair = [here.start(), here.start()]
        here.until(lambda: _owners(here) == 2)
        here.happen(*range(30))
        here.until(lambda: len(here.hook.ids) > 5)
        pair[0].send_signal(signal.SIGSTOP)
        here.happen(*range(30, 40))
        here.until_all(NotificationStatus.SENT, 40)
        pair[0].send_signal(signal.SIGCONT)
        here.happen(*range(40, 50))
        notifications = here.until_all(NotificationStatus.SENT, 50)
        assert {record.message for record in notifications} == set(here.hook.ids)
        again = len(here.hook.ids) - len(set(here.hook.ids))
        assert again <= 4, "only what was on its way through the one that froze"
        assert {record.cause for record in notifications} == {f"field-reports:{number}/warned" for number in range(50)}
        assert pair[0].poll() in (None, Exit.NOT_WRITTEN), "it goes on with what is its own, or stops in doubt"
        assert pair[1].poll() is None


def _owners(here: NotifiedCity) -> int:
    """Return how many of the notifiers have opened a partition."""
    logs = [here.centre.folder / f"notifier-{number}.log" for number in range(len(here.notifiers))]
    return sum("notifications to tell" in log.read_text() for log in logs)


def test_channels_that_could_never_send_are_told_all_at_once_and_nothing_starts(kafka: str, tmp_path: Path) -> None:
    with notified_city(kafka, tmp_path) as here:
        process = here.start(IOC_TEST_MAIL="no-such-service://hunter2", IOC_TEST_KEY="%%% hunter2")
        assert process.wait(timeout=30) == 2
        log = (tmp_path / "notifier-0.log").read_text()
        assert "message: Apprise knows no such service" in log
        assert "call: IOC_TEST_KEY must hold whsec_ and a key of 24 bytes or more in Base64" in log
        assert "hunter2" not in log
