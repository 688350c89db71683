"""What several commands share: the home, its configuration, progress, local time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flatwatt.clock import Clock
from flatwatt.config import Loaded, load
from flatwatt.store.home import Home, default_home

if TYPE_CHECKING:
    from rich.progress import Progress

    from flatwatt.flat import Flat

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
    from flatwatt.opening import check_all  # noqa: PLC0415 - every plug family, so not for all

    loaded = load_alone(home)
    check_all(loaded)
    return loaded


def load_alone(home: Home) -> Loaded:
    """Return a home's configuration, the options of its plugs unseen; raises ConfigError."""
    return load(home.config, home.secrets, os.environ)


def now_ms() -> int:
    """Now, in ms of Unix time."""
    return Clock().now_ms()


@contextmanager
def progress(text: str, total: int | None, *, quiet: bool = False) -> Iterator["Progress"]:
    """Show a progress bar on standard error; nothing where nobody looks."""
    from rich.progress import (  # noqa: PLC0415 - only for what takes long
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

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
def watching(home: Home, loaded: Loaded) -> Iterator["Flat"]:
    """Open a home to read only, caught up with its record."""
    from flatwatt.flat import Flat  # noqa: PLC0415 - heavy; a year's report does without
    from flatwatt.opening import counters  # noqa: PLC0415

    flat = Flat(home, loaded.config, counters(), watch=True)
    try:
        with progress("Reading the record", None) as bar:
            flat.catch_up(lambda rows: bar.advance(bar.task_ids[0], rows))
        yield flat
    finally:
        flat.close()
