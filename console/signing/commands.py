"""The commands for signatures of directives: make a pair of keys, sign an event."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from console.terminal import err, out

signing = typer.Typer(no_args_is_help=True, help="Signatures of directives: make a pair of keys, sign an event.")


@signing.command("new-key")
def make_key(
    file: Annotated[Path, typer.Argument(help="where the private key goes; it must not exist")],
    key_id: Annotated[str, typer.Option("--id", help="the id of the key in keys.yml")],
    owner: Annotated[str, typer.Option(help="the unit or office whose it is")],
) -> None:
    """Make a pair of keys; print the entry for keys.yml, valid from now on."""
    from console.signing.keys import key_entry, new_key
    from streams.clock import now_ms

    try:
        private = new_key(file)
    except OSError as error:
        err.print(f"{file}: {error.strerror}", highlight=False, markup=False)
        raise typer.Exit(1) from error
    out.print(key_entry(private, key_id, owner, now_ms()), highlight=False, markup=False, soft_wrap=True)


@signing.command("directive")
def sign_directive(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, allow_dash=True, help="the event, as JSON")],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="file of the private key, PEM")],
    kid: Annotated[str, typer.Option(help="the id of the key in keys.yml")],
) -> None:
    """Write a directive with its signature to the standard output; exit code 2 when it is none."""
    from console.signing.keys import sign_event

    event = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    try:
        sys.stdout.buffer.write(sign_event(event, key, kid) + b"\n")
    except ValueError as error:
        err.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
