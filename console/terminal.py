"""The terminal: what is told on it, and the two things that end a command before it begins: settings, catalogue."""

from pathlib import Path
from typing import TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from rich.console import Console

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.faults import CatalogueError
from ioc.catalogue.reading.load import load_catalogue

out = Console()
err = Console(stderr=True)


def catalogue_or_exit(folder: Path) -> Catalogue:
    """Return the catalogue; with faults, list them all and end with exit code 2."""
    try:
        return load_catalogue(folder)
    except CatalogueError as error:
        told = "\n  ".join([f"The catalogue in {folder} cannot be used:", *error.errors])
        err.print(told, highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def settings_or_exit(kind: type[SettingsT]) -> SettingsT:
    """Return the settings of the environment; with faults, list them all, but no value, and end with exit code 2."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        for fault in error.errors(include_input=False, include_context=False, include_url=False):
            name = f"{prefix}{'_'.join(map(str, fault['loc'])).upper()}: " if fault["loc"] else ""
            err.print(name + fault["msg"].removeprefix("Value error, "), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
