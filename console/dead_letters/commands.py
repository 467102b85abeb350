"""The commands for what was refused: list it, show it as it came, publish it again."""

from typing import Annotated

import typer

from console.terminal import err, out
from streams.settings import WorkerSettings

letters = typer.Typer(no_args_is_help=True, help="What was refused: list it, show it as it came, publish it again.")
ReasonOption = Annotated[str, typer.Option(help="only those whose reason contains this")]


@letters.command("list")
def list_dead_letters(reason: ReasonOption = "") -> None:
    """List the dead letters with their reasons, and nothing of what they say."""
    from console.dead_letters.dead_letters import list_letters

    list_letters(WorkerSettings().bootstrap, lambda letter: reason in letter.reason)


@letters.command("show")
def show_dead_letter(place: Annotated[str, typer.Argument(help="as listed, PARTITION:OFFSET")]) -> None:
    """Write the bytes of one to the standard output, exactly as they came."""
    from console.dead_letters.dead_letters import show_letter

    if not show_letter(WorkerSettings().bootstrap, place):
        err.print(f"There is no dead letter {place}.")
        raise typer.Exit(1)


@letters.command("replay")
def replay_dead_letters(
    places: Annotated[list[str] | None, typer.Argument(help="as listed, PARTITION:OFFSET")] = None,
    reason: ReasonOption = "",
) -> None:
    """Publish dead letters again, when what they were refused for has been mended."""
    from console.dead_letters.dead_letters import replay_letters

    if not places and not reason:
        err.print("Say which: their places, or --reason.")
        raise typer.Exit(2)
    chosen = set(places or ())
    sent = replay_letters(
        WorkerSettings().bootstrap,
        lambda letter: (not chosen or letter.place in chosen) and reason in letter.reason,
    )
    out.print(f"{sent:,} published again")
    missing = len(chosen) - sent if chosen and not reason else 0
    if missing:
        err.print(f"{missing} of the places hold no dead letter.")
        raise typer.Exit(1)
