"""Exit codes: 0 done, 1 no answer, 2 wrong command line, 3 configuration, 4 files, 5 plug, 6 display."""

from flatwatt.errors import ConfigError, FlatwattError, PlugError, SinkError, StoreError

CODES: dict[type[FlatwattError], int] = {ConfigError: 3, StoreError: 4, PlugError: 5, SinkError: 6}


def exit_code(error: FlatwattError) -> int:
    """Return the exit code of an error."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), 1)
