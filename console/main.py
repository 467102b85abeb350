"""The command line: the one place where settings are read and the parts are put together."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from console.dead_letters.commands import letters
from console.demo.commands import demo
from console.replay.commands import replay, verdicts
from console.signing.commands import signing
from console.simulate.commands import play
from console.terminal import catalogue_or_exit, err, exit_with_errors, out, settings_or_exit
from console.verify.commands import verify
from streams.settings import WorkerSettings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Event streams of an operations centre.")
app.add_typer(letters, name="dead-letters")
app.add_typer(signing, name="sign")


@app.command()
def topics(
    partitions: Annotated[int, typer.Option(help="partitions of every topic")] = 12,
    replication: Annotated[int, typer.Option(help="copies of every partition")] = 1,
) -> None:
    """Create the topics that are missing."""
    from console.topics import WrongPartitions, make_topics

    try:
        specs = make_topics(WorkerSettings().bootstrap, partitions, replication)
    except WrongPartitions as error:
        err.print(str(error))
        raise typer.Exit(2) from error
    table = Table("topic", "", "key", "holds")
    for spec, is_new in specs:
        table.add_row(spec.name, "made" if is_new else "there", spec.key, spec.holds)
    out.print(table)


@app.command()
def worker() -> None:
    """Run a worker: it folds the partitions it is given until it is told to stop."""
    from streams.worker import run

    settings = settings_or_exit(WorkerSettings)
    run(settings, catalogue_or_exit(settings.catalogue))


@app.command()
def notifier() -> None:
    """Tell people what the facts call for, until told to stop; what was told is on the ledger."""
    from streams.notifier.notifier import links_of, run
    from streams.notifier.senders.registry import ChannelsUnusable, make_senders
    from streams.notifier.settings import NotifierSettings

    settings = NotifierSettings()
    catalogue = catalogue_or_exit(settings.catalogue)
    try:
        senders = make_senders(catalogue, os.environ, settings.notify_timeout)
    except ChannelsUnusable as error:
        exit_with_errors("These channels could never send as they are set:", error.errors)
    run(settings, catalogue, senders, links_of(settings, catalogue))


@app.command()
def api() -> None:
    """Serve the API, the live feed and the screen until told to stop."""
    from api.app.serve import serve
    from api.http.settings import ApiSettings, AuthSettings

    settings, auth = settings_or_exit(ApiSettings), settings_or_exit(AuthSettings)
    serve(settings, auth, catalogue_or_exit(settings.catalogue))


app.command()(replay)
app.command()(verdicts)
app.command()(verify)


@app.command()
def looks(incident: Annotated[str, typer.Option(help="only those at this one")] = "") -> None:
    """List who looked at which reporter's identity, and when."""
    from console.audit import list_looks

    list_looks(WorkerSettings().bootstrap, incident)


app.command()(play)
app.command()(demo)


@app.command()
def contract(
    folder: Annotated[Path, typer.Option(help="where the files go")] = Path("docs/contract"),
) -> None:
    """Write the JSON Schemas and the AsyncAPI document of all topics, as the code has them now."""
    from console.contract import write_contract

    changed = write_contract(folder)
    out.print("\n".join(str(path) for path in changed) or "Nothing has changed.")


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
