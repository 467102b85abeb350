"""The command that checks the centre against itself."""

from typing import Annotated

import typer

from console.terminal import catalogue_or_exit, settings_or_exit
from streams.settings import WorkerSettings


def verify(
    wait: Annotated[float, typer.Option(help="seconds to wait for the workers to finish")] = 300,
) -> None:
    """Recompute everything from the log and compare it with what the streams wrote.

    Each stretch of the log is recomputed by the edition of the catalogue it was folded by. Exit codes: 0 no difference,
    1 differences, 3 the workers did not finish in time, 4 an edition of the catalogue is not to be had.
    """
    from console.verify.verify import verify_log

    settings = settings_or_exit(WorkerSettings)
    raise typer.Exit(verify_log(settings, catalogue_or_exit(settings.catalogue), wait))
