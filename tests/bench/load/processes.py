"""What processes have used: CPU seconds and the most memory they ever held, as the kernel counts them."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import psutil


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the CPU time that processes have used so far, with all their threads (s)."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(one.user + one.system for one in times)


def others_seconds(broker: int) -> float:
    """Return the CPU time (s) that went to whom this process did not start: neither it, nor its, nor the broker.

    What it started counts once it has ended. Time that other virtual machines took is theirs, too.
    """
    spent, own = psutil.cpu_times(), os.times()
    busy = spent.user + spent.nice + spent.system + spent.irq + spent.softirq + spent.steal
    return busy - sum(own[:4]) - cpu_seconds([broker])


def broker_of(bootstrap: str) -> int:
    """Return the process that listens at an address; ProcessLookupError when there is none on this machine."""
    port = int(bootstrap.rpartition(":")[2])
    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid is not None:
            return int(one.pid)
    raise ProcessLookupError(f"nothing on this machine listens at {bootstrap}")


def peak_memory(pid: int) -> float:
    """Return the most memory a process has held at once (MB)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    if found is None:
        raise ProcessLookupError(f"process {pid} has ended")
    return int(found[1]) / 1000
