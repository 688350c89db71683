"""What the command line ends with: 0 done, 1 no answer, 2 wrong words, else by the error."""

from flatwatt.errors import (
    ConfigError,
    FlatwattError,
    FleetError,
    PlugError,
    SinkError,
    StoreError,
)

CODES: dict[type[FlatwattError], int] = {
    ConfigError: 3,
    StoreError: 4,
    PlugError: 5,
    SinkError: 6,
    FleetError: 7,
}


def exit_code(error: FlatwattError) -> int:
    """Return the exit code of an error."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), 1)
