"""The terminal: what is printed on it, and what ends a command before it begins: errors of settings or catalogue."""

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from rich.console import Console

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.documents.errors import CatalogueError
from ioc.catalogue.reading.load import load_catalogue

out = Console()
err = Console(stderr=True)


def exit_with_errors(title: str, errors: Iterable[str]) -> NoReturn:
    """Print a title and every error below it on the standard error; end with exit code 2."""
    err.print("\n  ".join([title, *errors]), highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(2)


def catalogue_or_exit(folder: Path) -> Catalogue:
    """Return the catalogue; when it has errors, list them all and end with exit code 2."""
    try:
        return load_catalogue(folder)
    except CatalogueError as error:
        exit_with_errors(f"The catalogue in {folder} cannot be used:", error.errors)


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def settings_or_exit(kind: type[SettingsT]) -> SettingsT:
    """Return the settings of the environment; list what is wrong with them, but no value, and end with exit code 2."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        for details in error.errors(include_input=False, include_context=False, include_url=False):
            name = f"{prefix}{'_'.join(map(str, details['loc'])).upper()}: " if details["loc"] else ""
            err.print(
                name + details["msg"].removeprefix("Value error, "), highlight=False, markup=False, soft_wrap=True
            )
        raise typer.Exit(2) from None
