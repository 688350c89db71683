"""DuckDB, where it is installed."""

import importlib
from types import ModuleType

from flatwatt.errors import ConfigError


def duckdb_or_none() -> ModuleType | None:
    """Return DuckDB; None where the extra is not installed."""
    try:
        return importlib.import_module("duckdb")
    except ImportError:
        return None


def duckdb_for(what: str) -> ModuleType:
    """Return DuckDB.

    Raises:
        ConfigError: it is not installed; says what needs it.
    """
    found = duckdb_or_none()
    if found is None:
        raise ConfigError(f"{what} needs the extra [archive]: pip install 'flatwatt[archive]'")
    return found
