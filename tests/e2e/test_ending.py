"""Ending a demo: however it is ended, and however often, nothing of it is left."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from console.demo import background
from console.demo.machine import FOLDER, ROOT
from tests.city import IOC
from tests.e2e.test_demo import running, until

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(240)]


def leftovers() -> list[int]:
    """Return the processes of the demo of this checkout, its broker among them."""
    broker = str(ROOT / ".local" / "kafka" / "demo")
    pids = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        environment, command = process.info["environ"] or {}, " ".join(process.info["cmdline"] or ())
        ours = environment.get("IOC_DATA_DIR") == str(FOLDER) or f"-Dioc.kafka.folder={broker}" in command
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            pids.append(process.pid)
    return pids


def heed_ctrl_c() -> None:
    """As in a terminal: tests that run in the background ignore it, and so would all they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    "signals", [[signal.SIGINT, signal.SIGINT, signal.SIGINT], [signal.SIGHUP]], ids=["Ctrl-C", "hang-up"]
)
def test_nothing_is_left(tmp_path: Path, signals: list[signal.Signals]) -> None:
    if running(FOLDER):
        pytest.skip("a demo runs on this machine: `make stop` first")
    # With a proxy that leads nowhere: this machine's own addresses need none.
    settings = {**os.environ, "http_proxy": "http://127.0.0.1:9"}
    with (tmp_path / "log").open("wb") as log:
        demo = subprocess.Popen(
            [*IOC, "demo"], stdout=log, stderr=log, env=settings, start_new_session=True, preexec_fn=heed_ctrl_c
        )
    try:
        until("the demo", lambda: background.running() or demo.poll() is not None)
        assert demo.poll() is None, (tmp_path / "log").read_text()
        assert len(leftovers()) >= 5
        for number in signals:
            demo.send_signal(number)
            time.sleep(0.5)
        demo.wait(timeout=60)
        assert leftovers() == []
    finally:
        subprocess.run([*IOC, "demo", "--stop"], check=False, capture_output=True, timeout=60)
        demo.wait(timeout=10)
