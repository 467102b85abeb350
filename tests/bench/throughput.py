"""How fast a city's table is published, folded and judged."""

import subprocess
import time
from pathlib import Path

from rich.table import Table

from tests.city import city
from tests.faults.test_replay import BOSTON, TABLE

WORKERS = (1, 2)


def measure_throughput(bootstrap: str, folder: Path) -> Table:
    """Return the speed with one worker and with two, and what the second brings."""
    table = BOSTON if BOSTON.exists() else TABLE
    shown = Table("workers", "published and judged in", "events/s", "against one", title=f"Replay of {table.name}")
    first = 0.0
    for workers in WORKERS:
        seconds, events = _replay(bootstrap, folder, table, workers)
        first = first or seconds
        shown.add_row(str(workers), f"{seconds:.1f} s", f"{events / seconds:,.0f}", f"{first / seconds:.2f}")
    return shown


def _replay(bootstrap: str, folder: Path, table: Path, workers: int) -> tuple[float, int]:
    """Return the seconds from the first event published until the last is folded, and how many there were."""
    with city(bootstrap, folder) as centre:
        for _ in range(workers):
            centre.start_worker()
        centre.settle()
        began = time.monotonic()
        replayed = centre.run("replay", str(table))
        events = int(replayed.stdout.splitlines()[-1].partition(" ")[0].replace(",", ""))
        judged = centre.run("verdicts", str(table), "--wait", "240")
        took = time.monotonic() - began
        if judged.returncode != 0:
            raise subprocess.CalledProcessError(judged.returncode, "verdicts", judged.stdout, judged.stderr)
        return took, events
