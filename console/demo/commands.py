"""The command that runs a whole centre on this machine."""

import signal
from contextlib import suppress
from typing import Annotated

import typer

from console.simulate.options import BEGIN, DAY, SEED, SPEED, BeginOption, DayOption, SeedOption, SpeedOption
from console.terminal import catalogue_or_exit, err, out
from ioc.catalogue.reading.load import hue_folder


def demo(
    day: DayOption = DAY,
    begin: BeginOption = BEGIN,
    speed: SpeedOption = SPEED,
    seed: SeedOption = SEED,
    detached: Annotated[bool, typer.Option("--detach", help="return once it is up, and leave it running")] = False,
    ending: Annotated[bool, typer.Option("--stop", help="end the demo that runs on this machine")] = False,
) -> None:
    """Run a whole centre on this machine, and play a day in Huế through it."""
    from console.demo.background import detach, running, stop
    from console.demo.machine import DemoFailure
    from console.demo.runner import Demo
    from console.simulate.script import PlayScript

    try:
        if ending:
            out.print("The demo has ended." if stop() else "No demo was running.")
        elif url := running():
            out.print(f"The demo is running already: {url} (`make stop` ends it)")
        elif detached:
            _print_announcement(detach(PlayScript(day, begin, speed, seed)))
        else:
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.default_int_handler)  # it ends what it started
            with suppress(KeyboardInterrupt):
                Demo(PlayScript(day, begin, speed, seed), catalogue_or_exit(hue_folder()).zone).run()
    except DemoFailure as error:
        err.print(str(error), highlight=False)
        raise typer.Exit(1) from error


def _print_announcement(url: str) -> None:
    from console.demo.background import announcement

    text = f"{announcement()}\nThe demo is up: {url} (`make stop` ends it)"
    out.print(text, markup=False, highlight=False, soft_wrap=True)
