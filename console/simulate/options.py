"""The options that say which day of the simulated city is played: those of `ioc play` and of `ioc demo`."""

from typing import Annotated

import typer

# The day of the demo: a working day in the season of storms, joined a little before its storm breaks.
DAY, BEGIN, SPEED, SEED = "2025-10-27", "13:55", 60.0, 1

DayOption = Annotated[str, typer.Option(help="the day that is played, YYYY-MM-DD")]
BeginOption = Annotated[
    str, typer.Option(help="the local time at which it is joined, HH:MM; what was before comes at once")
]
SpeedOption = Annotated[float, typer.Option(help="how many seconds of the day pass in one of ours")]
SeedOption = Annotated[int, typer.Option(help="of the simulated city")]
