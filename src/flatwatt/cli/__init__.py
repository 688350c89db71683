"""The street door: what can be asked on the command line."""

import sys
from importlib import import_module

from flatwatt.cli.exits import exit_code
from flatwatt.errors import FlatwattError

ALONE = {"report": "flatwatt.cli.report"}
"""Commands that are asked often and need little: loaded without the others."""


def main() -> None:
    """Run the command line; errors of this house become one clear line and an exit code."""
    try:
        _run(sys.argv[1] if len(sys.argv) > 1 else "")
    except FlatwattError as error:
        print(f"flatwatt: {error}", file=sys.stderr)  # noqa: T201 - the street door speaks
        raise SystemExit(exit_code(error)) from error


def _run(command: str) -> None:
    if command in ALONE:
        from flatwatt.cli.alone import alone  # noqa: PLC0415 - one of the two is loaded

        alone(command, getattr(import_module(ALONE[command]), command))
    else:
        from flatwatt.cli.app import app  # noqa: PLC0415

        app(prog_name="flatwatt")
