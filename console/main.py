"""The command line: the one place where settings are read and the parts are put together."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ioc.catalogue import Catalogue, CatalogueError, load_catalogue
from streams.settings import WorkerSettings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Event streams of an operations centre.")
out = Console()
err = Console(stderr=True)


def catalogue_or_exit(folder: Path) -> Catalogue:
    """Return the catalogue; with faults, list them all and end with exit code 2."""
    try:
        return load_catalogue(folder)
    except CatalogueError as error:
        err.print(f"The catalogue in {folder} cannot be used:", *error.faults, sep="\n  ", highlight=False)
        raise typer.Exit(2) from error


@app.command()
def topics(
    partitions: Annotated[int, typer.Option(help="partitions of every topic")] = 12,
    replication: Annotated[int, typer.Option(help="copies of every partition")] = 1,
) -> None:
    """Create the topics that are missing."""
    from console.topics import WrongPartitions, make_topics

    try:
        made = make_topics(WorkerSettings().bootstrap, partitions, replication)
    except WrongPartitions as error:
        err.print(str(error))
        raise typer.Exit(2) from error
    table = Table("topic", "", "key", "holds")
    for spec, new in made:
        table.add_row(spec.name, "made" if new else "there", spec.key, spec.holds)
    out.print(table)


@app.command()
def worker() -> None:
    """Run a worker: it folds the partitions it is given until it is told to stop."""
    from streams.worker import run

    settings = WorkerSettings()
    run(settings, catalogue_or_exit(settings.catalogue))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the city's table, CSV, may be gzipped")],
    map: Annotated[str, typer.Option(help="how its columns are read")] = "boston311",
    shuffled: Annotated[bool, typer.Option("--shuffled", help="publish in a random order")] = False,
    seed: Annotated[int, typer.Option(help="of the random order")] = 1,
    as_of: Annotated[str, typer.Option(help="the moment to which the clock runs at the end")] = "2020-01-01T00:00:00Z",
    speed: Annotated[float, typer.Option(help="events a second; 0 for as fast as it goes")] = 0,
) -> None:
    """Publish a city's request table as events."""
    from console.replay import replay_file

    replay_file(WorkerSettings().bootstrap, file, map, seed if shuffled else None, as_of, speed)


@app.command()
def verdicts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map: Annotated[str, typer.Option()] = "boston311",
    wait: Annotated[float, typer.Option(help="seconds to wait for the workers to finish")] = 300,
) -> None:
    """Compare the centre's verdicts with the city's own; exit code 1 when one differs."""
    from console.verdicts import compare_verdicts

    raise typer.Exit(compare_verdicts(WorkerSettings().bootstrap, file, map, wait))


@app.command()
def verify(
    wait: Annotated[float, typer.Option(help="seconds to wait for the workers to finish")] = 300,
) -> None:
    """Recompute everything from the log and compare it with what the streams wrote; exit code 1 on a difference."""
    from console.verify import verify_log

    settings = WorkerSettings()
    raise typer.Exit(verify_log(settings, catalogue_or_exit(settings.catalogue), wait))


@app.callback()
def main(verbose: Annotated[bool, typer.Option("--verbose", help="log more")] = False) -> None:
    """Set up logging: one line an entry, to the standard error."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    logging.getLogger("kafka").setLevel(logging.WARNING)
