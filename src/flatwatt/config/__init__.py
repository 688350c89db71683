"""flatwatt.toml and secrets.toml as typed tables; every error names file, line and key."""

from flatwatt.config.example import EXAMPLE, EXAMPLE_SECRETS
from flatwatt.config.load import Loaded, load
from flatwatt.config.tables import (
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
