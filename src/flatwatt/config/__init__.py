"""flatwatt.toml and secrets.toml as typed tables; every error names file, line and key."""

from flatwatt.config.example import EXAMPLE, EXAMPLE_SECRETS
from flatwatt.config.load import KEEP_LEAST, Loaded, load
from flatwatt.config.tables import (
    ArchiveTable,
    Config,
    DisplayTable,
    FlatTable,
    FleetTable,
    PlugTable,
    RecordTable,
    TariffTable,
)

__all__ = [
    "EXAMPLE",
    "EXAMPLE_SECRETS",
    "KEEP_LEAST",
    "ArchiveTable",
    "Config",
    "DisplayTable",
    "FlatTable",
    "FleetTable",
    "Loaded",
    "PlugTable",
    "RecordTable",
    "TariffTable",
    "load",
]
