"""The demo as a newcomer meets it: a live screen, an order that comes back through Kafka, figures that verify."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from console.demo.machine import FOLDER
from tests.city import IOC
from tests.screen.conftest import chromium

pytestmark = [pytest.mark.broker, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
__all__ = ["chromium"]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """Give the URL of a demo of this test's own; one that runs already belongs to somebody."""
    if running(FOLDER):
        pytest.skip("a demo runs on this machine: `make stop` first")
    started = ioc("demo", "--detach", "--speed", "20")
    assert started.returncode == 0, started.stderr
    try:
        yield (FOLDER / "url").read_text()
    finally:
        stopped = ioc("demo", "--stop")
        assert stopped.returncode == 0, stopped.stderr


def running(folder: Path) -> bool:
    return (folder / "processes").exists()


def ioc(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*IOC, *arguments], capture_output=True, text=True, check=False, timeout=180, env={**os.environ, **settings}
    )


def until(event: str, probe: Any) -> Any:
    give_up = time.monotonic() + PATIENCE
    while not (value := probe()):
        assert time.monotonic() < give_up, f"{event} has not come to pass within {PATIENCE:g} s"
        time.sleep(0.2)
    return value


def processes() -> dict[str, psutil.Process]:
    by_name = {}
    for process in psutil.process_iter(["cmdline", "environ"]):
        environment = process.info["environ"] or {}
        if environment.get("IOC_DATA_DIR") == str(FOLDER) and "ioc" in " ".join(process.info["cmdline"] or ()):
            by_name[environment["IOC_NAME"]] = process
    return by_name


def test_the_screen_is_live(demo: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(demo)
    page.locator(".row").first.wait_for()
    before = page.locator(".clock time").inner_text()
    until("the clock goes on", lambda: page.locator(".clock time").inner_text() != before)
    figures = httpx.get(f"{demo}figures").json()
    assert figures["live"]["open"] > 50
    assert page.locator(".simulated").count() == 1
    assert page.locator(".sources li").count() == 14
    until("all is up to date", lambda: page.locator(".band").count() == 0)
    page.close()
    assert faults == []


def test_an_order_comes_back_through_the_workers(demo: str) -> None:
    waiting = httpx.get(f"{demo}incidents", params={"state": "reported", "limit": 1}).json()["items"][0]["id"]
    answer = httpx.post(f"{demo}incidents/{waiting}/acknowledge", json={"actor": "Ca trực 1"})
    assert answer.status_code == 202
    event = answer.json()["event_id"]

    def in_history() -> bool:
        history = httpx.get(f"{demo}incidents/{waiting}").json()["history"]
        return any(entry["id"] == event and entry["accepted"] for entry in history)

    until("the order", in_history)


def test_the_centre_gives_directives_with_a_key_of_its_own(demo: str) -> None:
    incident_id = httpx.get(f"{demo}incidents", params={"open": True, "limit": 1}).json()["items"][0]["id"]
    answer = httpx.post(f"{demo}incidents/{incident_id}/direct", json={"units": ["pccc"], "text": "Ứng cứu"})
    assert answer.status_code == 202, answer.text
    event = answer.json()["event_id"]

    def given() -> bool:
        directives = httpx.get(f"{demo}incidents/{incident_id}").json()["directives"]
        return any((one["id"], one["by"]) == (event, "ioc") for one in directives)

    until("the directive", given)


def test_the_notification_log_tells_who_heard_of_what_and_nothing_has_gone_outside(demo: str) -> None:
    notifications = until(
        "a notification", lambda: httpx.get(f"{demo}notifications", params={"limit": 1000}).json()["items"]
    )
    assert {one["status"] for one in notifications if one["channel"] == "screen"} <= {"sent", "suppressed"}
    assert {(one["status"], one["reason"]) for one in notifications if one["channel"] != "screen"} <= {
        ("suppressed", "replay")
    }
    incident = httpx.get(f"{demo}incidents/{notifications[0]['incident']}").json()
    assert notifications[0]["at"] >= incident["reported_at"], "in the time of the day that is played"
    assert notifications[0]["at"][:4] == incident["reported_at"][:4]


def test_a_killed_worker_is_started_again_and_all_figures_are_right(demo: str) -> None:
    killed = until("the worker", lambda: processes().get("worker-1"))
    killed.send_signal(signal.SIGKILL)
    until("its successor", lambda: (again := processes().get("worker-1")) and again.pid != killed.pid)
    until("the end of the log", lambda: httpx.get(f"{demo}figures").json()["live"]["open"] > 50)
    settings = processes()["api"].environ()
    own = {name: settings[name] for name in ("IOC_BOOTSTRAP", "IOC_CLOCK", "IOC_CATALOGUE")}
    verified = ioc("verify", **own)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "0 differences" in verified.stdout
