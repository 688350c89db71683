"""One command without the tree it hangs on, for those that should answer at once."""

from collections.abc import Callable

import typer

SETTINGS = {"help_option_names": ["-h", "--help"]}


def alone(name: str, command: Callable[..., None]) -> None:
    """Run a command as if it had been found in the tree."""
    app = typer.Typer(
        rich_markup_mode="rich", pretty_exceptions_enable=False, context_settings=SETTINGS
    )
    app.callback()(_nothing)  # a tree of one branch still has the branch's name
    app.command(name)(command)
    app(prog_name="flatwatt")


def _nothing() -> None:
    """Only the command itself does something."""
