"""The commands for a city's old requests: publish them, compare the verdicts on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from console.terminal import exit_with_errors
from streams.settings import WorkerSettings

DEFAULT_MAP = "boston311"
MapOption = Annotated[
    str, typer.Option("--map", metavar="[boston311|chicago311|la311|FILE.yml]", help="how it is read")
]
JudgingMapOption = Annotated[str, typer.Option("--map", metavar="[boston311|FILE.yml]", help="how it is read")]


def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the city's requests, may be gzipped")],
    map_name: MapOption = DEFAULT_MAP,
    shuffled: Annotated[bool, typer.Option("--shuffled", help="publish in a random order")] = False,
    seed: Annotated[int, typer.Option(help="of the random order")] = 1,
    as_of: Annotated[str, typer.Option(help="the moment to which the clock runs at the end")] = "2020-01-01T00:00:00Z",
    speed: Annotated[float, typer.Option(help="events a second; 0 for as fast as it goes")] = 0,
) -> None:
    """Publish a city's requests as events: Boston's and Los Angeles' tables, Chicago's histories, or your own."""
    from console.cities.registry import map_of
    from console.replay.replay import replay_file

    with _exit_if_unreadable():
        city_map = map_of(map_name)
        replay_file(WorkerSettings().bootstrap, file, city_map, seed if shuffled else None, as_of, speed)


def verdicts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map_name: JudgingMapOption = DEFAULT_MAP,
    wait: Annotated[float, typer.Option(help="seconds to wait for the workers to finish")] = 300,
) -> None:
    """Compare the centre's verdicts with the city's own; exit code 1 when one differs."""
    from console.cities.registry import judging_map_of
    from console.replay.verdicts import compare_verdicts

    with _exit_if_unreadable():
        city_map = judging_map_of(map_name)
        code = compare_verdicts(WorkerSettings().bootstrap, file, city_map, wait)
    raise typer.Exit(code)


@contextmanager
def _exit_if_unreadable() -> Iterator[None]:
    """End with exit code 2, and all that is wrong on the standard error, when a map or a table cannot be read."""
    from console.cities.city_map import UnreadableFile

    try:
        yield
    except UnreadableFile as error:
        exit_with_errors(error.title, error.errors)
