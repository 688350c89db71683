"""`status`: the health of a home on one page."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from flatwatt.cli.asked import JsonOption
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, watching
from flatwatt.cli.status_view import needs, status_view
from flatwatt.errors import StoreError
from flatwatt.status import status_of


def status(
    home: HomeOption = None,
    days: Annotated[int, typer.Option(help="Look for gaps in so many days.", min=1)] = 7,
    whole: Annotated[
        bool, typer.Option("--whole", help="Search the whole record for damaged rows; slow.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """How the home is: recording, disk, gaps, drift, what is kept. Changes nothing.

    Exit code 1 when something needs a person: nobody records, an appliance is silent, the disk
    fills up, rows are damaged, files fail, a counter drifts.

    Examples: flatwatt status · flatwatt status --json · flatwatt status --whole --days 30
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        try:
            found = status_of(flat, now_ms(), days=days, whole=whole)
        except OSError as error:
            raise StoreError(f"{where.path}: {error.strerror or error}") from error
        asked = needs(found, flat.zone, language)
        if as_json:
            shown = {**msgspec.to_builtins(found), "needs": asked}
            typer.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
        else:
            name = loaded.config.flat.name
            Console().print(status_view(found, asked, name, flat.zone, language))
    if asked:
        raise typer.Exit(1)
