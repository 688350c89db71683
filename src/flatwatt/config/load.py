"""Reads flatwatt.toml and secrets.toml."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

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
from flatwatt.config.where import line_of
from flatwatt.drivers import nearest
from flatwatt.errors import ConfigError

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
WINDOWS_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
COMMON = ("family", "appliance", "name", "interval_s")
Table = TypeVar("Table", bound=msgspec.Struct)
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and the text it came from.

    Attributes:
        config: the typed tables.
        file: where it was read.
        text: its text, to name lines in later complaints.
    """

    config: Config
    file: Path
    text: str

    def error(self, path: Path_, message: str) -> ConfigError:
        """Return an error that names this file, the key's line and the key."""
        return _error(self.file, self.text, path, message)


KEEP_LEAST = 7
"""Days; corrections and late readings reach back some days."""


def load(file: Path, secrets: Path, env: Mapping[str, str]) -> Loaded:
    """Read the configuration.

    Args:
        file: flatwatt.toml; must exist.
        secrets: secrets.toml; may be missing.
        env: `FLATWATT_PLUGS_<ID>_<OPTION>` override secrets.

    Raises:
        ConfigError: what, where (file, line, key), and what to do.
    """
    text = _text(file)
    tables = _toml(file, text)
    known = ("flat", "record", "archive", "display", "fleet", "tariff", "plugs")
    for key in tables:
        if key not in known:
            raise _error(file, text, (key,), f"unknown table {key!r}{nearest(key, known)}")
    hidden = _secrets(secrets, env)
    config = Config(
        flat=_convert(file, text, ("flat",), tables.get("flat", {}), FlatTable),
        record=_convert(file, text, ("record",), tables.get("record", {}), RecordTable),
        display=_optional(file, text, tables, "display", DisplayTable),
        archive=_optional(file, text, tables, "archive", ArchiveTable),
        fleet=_convert(file, text, ("fleet",), tables.get("fleet", {}), FleetTable),
        tariff=_tariff(file, text, tables.get("tariff", [])),
        plugs=_plugs(file, text, tables.get("plugs", {}), hidden),
    )
    loaded = Loaded(config, file, text)
    _check(loaded)
    for name in hidden:
        if name not in config.plugs:
            hint = nearest(name, list(config.plugs))
            raise ConfigError(f"{secrets.name}: no plug is called {name!r}{hint}")
    return loaded


def _check(loaded: Loaded) -> None:
    config = loaded.config
    try:
        ZoneInfo(config.flat.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        zone = config.flat.timezone
        raise loaded.error(
            ("flat", "timezone"), f"no time zone is called {zone!r}; in Germany: 'Europe/Berlin'"
        ) from error
    if not 1 <= config.record.sync_s <= 3600:
        raise loaded.error(("record", "sync_s"), "must be between 1 and 3600 seconds")
    keep_days = config.record.keep_days
    if keep_days is not None and not KEEP_LEAST <= keep_days <= 36_500:
        raise loaded.error(("record", "keep_days"), f"must be {KEEP_LEAST} to 36500 days")
    _check_archive(loaded)
    _check_tariff(loaded)


def _check_archive(loaded: Loaded) -> None:
    archive = loaded.config.archive or ArchiveTable()
    if not 2 <= archive.after_days <= 36_500:
        raise loaded.error(("archive", "after_days"), "must be between 2 and 36500 days")
    if (archive.csv == "move") != bool(archive.folder):
        raise loaded.error(("archive", "folder"), 'goes with csv = "move", and only with it')


def _check_tariff(loaded: Loaded) -> None:
    config = loaded.config
    days = [contract.valid_from for contract in config.tariff]
    for index, contract in enumerate(config.tariff):
        if contract.valid_from in days[:index]:
            raise loaded.error(
                ("tariff", index, "valid_from"), "two contracts begin on this day; keep one"
            )
        if not 0 <= contract.base_fee_eur_month < 1000:
            raise loaded.error(("tariff", index, "base_fee_eur_month"), "must be 0 to 1000 EUR")
        if not -1 < contract.rate_eur_kwh < 10:
            raise loaded.error(
                ("tariff", index, "rate_eur_kwh"),
                f"{contract.rate_eur_kwh} EUR/kWh cannot be; 32 ct/kWh is written 0.32",
            )


def _optional(
    file: Path, text: str, tables: Mapping[str, object], name: str, kind: type[Table]
) -> Table | None:
    if name not in tables:
        return None
    return _convert(file, text, (name,), tables[name], kind)


def _tariff(file: Path, text: str, tables: object) -> tuple[TariffTable, ...]:
    if not isinstance(tables, list):
        raise _error(
            file, text, ("tariff",), "write [[tariff]] with two brackets, once a contract"
        )
    found = [
        _convert(file, text, ("tariff", index), table, TariffTable)
        for index, table in enumerate(tables)
    ]
    return tuple(found)


def _plugs(
    file: Path, text: str, tables: object, hidden: Mapping[str, Mapping[str, object]]
) -> dict[str, PlugTable]:
    if not isinstance(tables, dict):
        raise _error(file, text, ("plugs",), "write one table a plug: [plugs.printer]")
    plugs: dict[str, PlugTable] = {}
    for name, table in tables.items():
        if not ID.fullmatch(name) or name in WINDOWS_NAMES:
            raise _error(
                file,
                text,
                ("plugs", name),
                f"{name!r} cannot be an id: lower-case letters, digits, _ and -, at most 32",
            )
        plugs[name] = _plug(file, text, name, table, hidden.get(name, {}))
    return plugs


def _plug(
    file: Path, text: str, name: str, table: object, hidden: Mapping[str, object]
) -> PlugTable:
    if not isinstance(table, dict):
        raise _error(file, text, ("plugs", name), f"write a table: [plugs.{name}]")
    common = {key: value for key, value in table.items() if key in COMMON}
    if "family" not in common:
        near = nearest("family", list(table)) if table else ""
        raise _error(file, text, ("plugs", name), f'family = "…" is missing{near}')
    plug = _convert(file, text, ("plugs", name), common, PlugTable)
    if plug.interval_s is not None and not 0.05 <= plug.interval_s <= 3600:
        raise _error(
            file, text, ("plugs", name, "interval_s"), "must be between 0.05 and 3600 seconds"
        )
    options = {key: value for key, value in table.items() if key not in COMMON}
    return msgspec.structs.replace(
        plug, options={**options, **hidden}, secret_keys=frozenset(hidden)
    )


def _secrets(file: Path, env: Mapping[str, str]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    if file.exists():
        _check_private(file)
        tables = _toml(file, _text(file)).get("plugs", {})
        for name, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict):
                found[name] = dict(table)
    for key, value in env.items():
        if match := re.fullmatch(r"FLATWATT_PLUGS_(.+)_([A-Z0-9]+)", key):
            found.setdefault(match[1].lower(), {})[match[2].lower()] = value
    return found


def _check_private(file: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise ConfigError(
            f"{file.name} can be read by other users of this computer; run: chmod 600 {file}"
        )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{file} does not exist; make one with: flatwatt init") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error


def _toml(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = re.sub(r"\(at line (\d+), column (\d+)\)", r"(line \1, column \2)", str(error))
        twice = "declare" in message or "overwrite" in message
        hint = "; two plugs cannot share an id, rename one" if twice else ""
        raise ConfigError(f"{file.name}: {message}{hint}") from error


def _convert(file: Path, text: str, path: Path_, table: object, kind: type[Table]) -> Table:
    if isinstance(table, dict):
        known = [item.name for item in msgspec.structs.fields(kind)]
        for key in table:
            if key not in known:
                raise _error(file, text, (*path, key), f"unknown key {key!r}{nearest(key, known)}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        keys = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", where)]
        missing = re.search(r"required field `(\w+)`", message)
        words = f"{missing[1]} = … is missing" if missing else message.replace("`", "")
        raise _error(file, text, (*path, *keys), words) from error


def _error(file: Path, text: str, path: Path_, message: str) -> ConfigError:
    line = line_of(text, path)
    key = ""
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    place = f"{file.name}, line {line}" if line else file.name
    return ConfigError(f"{place}: {key}: {message}")
