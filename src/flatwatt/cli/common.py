"""What several commands share: the home, its configuration, progress, local time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flatwatt.clock import Clock
from flatwatt.config import Loaded, load
from flatwatt.flat import Flat
from flatwatt.opening import check_all, counters
from flatwatt.store.home import Home, default_home

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="Where config and record are; else $FLATWATT_HOME.", metavar="DIR"
    ),
]
PlainOption = Annotated[bool, typer.Option("--plain", help="Plain lines, no colours or boxes.")]
errors = Console(stderr=True, highlight=False)
out = Console()
"""Shared, so that a line printed beside a live view does not tear it."""


def home_of(home: Path | None) -> Home:
    """Return the home the person means."""
    return Home(home if home is not None else default_home(os.environ))


def load_home(home: Home) -> Loaded:
    """Return a home's configuration, its plugs' tables checked.

    Raises:
        ConfigError: with file, line and key.
    """
    loaded = load(home.config, home.secrets, os.environ)
    check_all(loaded)
    return loaded


def now_ms() -> int:
    """Now, in ms of Unix time."""
    return Clock().now_ms()


@contextmanager
def progress(text: str, total: int | None, *, quiet: bool = False) -> Iterator[Progress]:
    """Show a progress bar on standard error; nothing where nobody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=quiet or not errors.is_terminal,
    ) as bar:
        bar.add_task(text, total=total)
        yield bar


@contextmanager
def watching(home: Home, loaded: Loaded) -> Iterator[Flat]:
    """Open a home to read only, caught up with its record."""
    flat = Flat(home, loaded.config, counters(), watch=True)
    try:
        with progress("Reading the record", None) as bar:
            flat.catch_up(lambda rows: bar.advance(bar.task_ids[0], rows))
        yield flat
    finally:
        flat.close()
