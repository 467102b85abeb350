"""The demo that runs on this machine: whether there is one, starting one in the background, and ending it."""

import subprocess
import time

from console.demo.machine import FOLDER, DemoFailure, control_broker
from console.demo.processes import IOC, demo_process, end_all
from console.simulate.script import PlayScript


def running() -> str | None:
    """Return the URL of the demo that runs on this machine, once it is up."""
    url = FOLDER / "url"
    return url.read_text() if demo_process(FOLDER) and url.exists() else None


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
    """End the demo that runs on this machine; return whether there was one."""
    demo = demo_process(FOLDER)
    if demo is not None:
        demo.terminate()
        demo.wait(timeout=60)
    count = end_all(FOLDER)
    control_broker("stop", "--wipe")
    return demo is not None or count > 0
