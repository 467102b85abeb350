"""When in doubt, stop: a worker never carries on with state it cannot vouch for.

The process ends at once, without a graceful stop: Faust's would acknowledge what was not written. A supervisor
starts it again, and it rebuilds its state from what is committed.
"""

import faulthandler
import logging
import os
import sys
import threading
import time
from enum import IntEnum
from typing import NoReturn

log = logging.getLogger("ioc.doubt")


class Exit(IntEnum):
    """Why a worker ended, as its exit code."""

    UNEXPECTED = 70
    NOT_WRITTEN = 71
    FROZEN = 72
    HOLE = 73
    TOO_MANY_REFUSED = 74
    WRONG_FAUST = 75


def stop_at_once(code: Exit, reason: str, error: BaseException | None = None) -> NoReturn:
    """Log the reason in one line, and end the process."""
    cause = f" ({type(error).__name__}: {error})" if error is not None else ""
    log.critical("the process stops: %s: %s%s", code.name.lower(), reason, cause)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


class Watchdog(threading.Thread):
    """Ends the process when the event loop stands still. It is a thread of its own, so that it runs all the same."""

    def __init__(self, frozen_after: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.frozen_after = frozen_after
        self._alive_at = time.monotonic()

    def alive(self) -> None:
        """Called by the event loop, to show that it still runs."""
        self._alive_at = time.monotonic()

    def run(self) -> None:
        while True:
            time.sleep(1)
            if time.monotonic() - self._alive_at > self.frozen_after:
                faulthandler.dump_traceback(all_threads=True)
                stop_at_once(Exit.FROZEN, f"the event loop stood still for {self.frozen_after:g} s")
