"""What several questions have in common: which day, which form, which appliance."""

from datetime import date, timedelta
from typing import Annotated

import typer

from flatwatt.config import Config
from flatwatt.errors import UsageError

JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV on standard output.")]


def parse_day(text: str, today: date) -> date:
    """Return the day a person means: an ISO date or month, `today`, `yesterday`.

    Raises:
        UsageError: none of these.
    """
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    words |= {"heute": words["today"], "gestern": words["yesterday"]}
    if text in words:
        return words[text]
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no day; write 2026-11-22, 2026-11, today or yesterday"
        ) from error


def known(config: Config, appliance: str) -> None:
    """Raise UsageError where an appliance that was named is none; empty is all."""
    from flatwatt.drivers import nearest  # noqa: PLC0415 - only for the hint

    if appliance and appliance not in config.plugs:
        raise UsageError(
            f"no appliance is called {appliance!r}{nearest(appliance, list(config.plugs))}"
        )
