"""The command line: the one place where settings are read and the parts are put together."""

import logging
import signal
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from console.cities import CityName, JudgingCity
from console.dead_letters.commands import letters
from console.signing.commands import signing
from console.terminal import catalogue_or_exit, err, out, settings_or_exit
from ioc.catalogue.reading.load import hue_folder
from streams.settings import WorkerSettings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Event streams of an operations centre.")
app.add_typer(letters, name="dead-letters")
app.add_typer(signing, name="sign")
# The day of the demo: a working day in the season of storms, joined a little before its storm breaks.
DAY, BEGIN, SPEED = "2025-10-27", "13:55", 60.0


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

    settings = settings_or_exit(WorkerSettings)
    run(settings, catalogue_or_exit(settings.catalogue))


@app.command()
def notifier() -> None:
    """Tell people what the facts call for, until told to stop; what was told is on the ledger."""
    import os

    from streams.notifier.notifier import links_of, run
    from streams.notifier.senders.registry import ChannelsUnusable, make_senders
    from streams.notifier.settings import NotifierSettings

    settings = NotifierSettings()
    catalogue = catalogue_or_exit(settings.catalogue)
    try:
        senders = make_senders(catalogue, os.environ, settings.notify_timeout)
    except ChannelsUnusable as error:
        told = "\n  ".join(["These channels could never send as they are set:", *error.errors])
        err.print(told, highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    run(settings, catalogue, senders, links_of(settings, catalogue))


@app.command()
def api() -> None:
    """Serve the API, the live feed and the screen until told to stop."""
    from api.app.serve import serve
    from api.http.settings import ApiSettings, AuthSettings

    settings, auth = settings_or_exit(ApiSettings), settings_or_exit(AuthSettings)
    serve(settings, auth, catalogue_or_exit(settings.catalogue))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the city's requests, may be gzipped")],
    map: Annotated[CityName, typer.Option(help="how it is read")] = CityName.BOSTON,
    shuffled: Annotated[bool, typer.Option("--shuffled", help="publish in a random order")] = False,
    seed: Annotated[int, typer.Option(help="of the random order")] = 1,
    as_of: Annotated[str, typer.Option(help="the moment to which the clock runs at the end")] = "2020-01-01T00:00:00Z",
    speed: Annotated[float, typer.Option(help="events a second; 0 for as fast as it goes")] = 0,
) -> None:
    """Publish a city's requests as events: Boston's and Los Angeles' tables, Chicago's histories."""
    from console.replay.replay import replay_file

    replay_file(WorkerSettings().bootstrap, file, map, seed if shuffled else None, as_of, speed)


@app.command()
def verdicts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map: Annotated[JudgingCity, typer.Option(help="how it is read")] = JudgingCity.BOSTON,
    wait: Annotated[float, typer.Option(help="seconds to wait for the workers to finish")] = 300,
) -> None:
    """Compare the centre's verdicts with the city's own; exit code 1 when one differs."""
    from console.replay.verdicts import compare_verdicts

    raise typer.Exit(compare_verdicts(WorkerSettings().bootstrap, file, map, wait))


@app.command()
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


@app.command()
def looks(incident: Annotated[str, typer.Option(help="only those at this one")] = "") -> None:
    """List who looked at which reporter's identity, and when."""
    from console.audit import list_looks

    list_looks(WorkerSettings().bootstrap, incident)


Day = Annotated[str, typer.Option(help="the day that is played, YYYY-MM-DD")]
Begin = Annotated[str, typer.Option(help="the local time at which it is joined, HH:MM; what was before comes at once")]
Speed = Annotated[float, typer.Option(help="how many seconds of the day pass in one of ours")]
Seed = Annotated[int, typer.Option(help="of the simulated city")]


@app.command()
def play(
    day: Day = DAY,
    begin: Begin = BEGIN,
    speed: Speed = SPEED,
    seed: Seed = 1,
    leaders: Annotated[
        Path | None, typer.Option(exists=True, help="file of the key its leaders sign with; without it no directives")
    ] = None,
) -> None:
    """Publish a simulated city's events as their time comes, day after day; workers need IOC_CLOCK=event."""
    import asyncio

    from console.demo.runner import PlayScript
    from console.simulate import player as play
    from console.simulate.days import days
    from ioc.signing.signer import private_key, signer_of

    settings = WorkerSettings()
    catalogue = catalogue_or_exit(settings.catalogue)
    script = PlayScript(day, begin, speed, seed)
    starts = script.starts(catalogue.zone)
    signer = None if leaders is None else signer_of(private_key(leaders.read_bytes()), catalogue.keys)
    planned = days(catalogue, date.fromisoformat(day), seed, signer)
    asyncio.run(play.play(settings.bootstrap, planned, starts, speed))


@app.command()
def demo(
    day: Day = DAY,
    begin: Begin = BEGIN,
    speed: Speed = SPEED,
    seed: Seed = 1,
    detached: Annotated[bool, typer.Option("--detach", help="return once it is up, and leave it running")] = False,
    ending: Annotated[bool, typer.Option("--stop", help="end the demo that runs on this machine")] = False,
) -> None:
    """Run a whole centre on this machine, and play a day in Huế through it."""
    from console.demo.runner import Demo, DemoFailure, PlayScript, announcement, detach, running, stop

    try:
        if ending:
            out.print("The demo has ended." if stop() else "No demo was running.")
            return
        if url := running():
            out.print(f"The demo is running already: {url} (`make stop` ends it)")
            return
        script = PlayScript(day, begin, speed, seed)
        if detached:
            url = detach(script)
            out.print(
                f"{announcement()}\nThe demo is up: {url} (`make stop` ends it)",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
            return
        for told in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(told, signal.default_int_handler)  # told to stop, it ends what it started
        with suppress(KeyboardInterrupt):
            Demo(script, catalogue_or_exit(hue_folder()).zone).run()
    except DemoFailure as error:
        err.print(str(error), highlight=False)
        raise typer.Exit(1) from error


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
