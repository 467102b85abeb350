"""The command that plays a simulated city."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from console.simulate.options import BEGIN, DAY, SEED, SPEED, BeginOption, DayOption, SeedOption, SpeedOption
from console.terminal import catalogue_or_exit
from streams.settings import WorkerSettings


def play(
    day: DayOption = DAY,
    begin: BeginOption = BEGIN,
    speed: SpeedOption = SPEED,
    seed: SeedOption = SEED,
    leaders: Annotated[
        Path | None, typer.Option(exists=True, help="file of the key its leaders sign with; without it no directives")
    ] = None,
) -> None:
    """Publish a simulated city's events as their time comes, day after day; workers need IOC_CLOCK=event."""
    from console.simulate import player
    from console.simulate.days import days
    from console.simulate.script import PlayScript
    from ioc.signing.signer import private_key, signer_of

    settings = WorkerSettings()
    catalogue = catalogue_or_exit(settings.catalogue)
    start = PlayScript(day, begin, speed, seed).starts(catalogue.zone)
    signer = None if leaders is None else signer_of(private_key(leaders.read_bytes()), catalogue.keys)
    planned = days(catalogue, date.fromisoformat(day), seed, signer)
    asyncio.run(player.play(settings.bootstrap, planned, start, speed))
