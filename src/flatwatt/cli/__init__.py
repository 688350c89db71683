"""The street door: what can be asked on the command line."""

import sys

from flatwatt.cli.app import app
from flatwatt.cli.exits import exit_code
from flatwatt.errors import FlatwattError


def main() -> None:
    """Run the command line; errors of this house become one clear line and an exit code."""
    try:
        app(prog_name="flatwatt")
    except FlatwattError as error:
        print(f"flatwatt: {error}", file=sys.stderr)  # noqa: T201 - the street door speaks
        raise SystemExit(exit_code(error)) from error


__all__ = ["app", "main"]
