"""Plugs of a configuration, checked and opened; nothing is sent yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from flatwatt import plugs as plug_package
from flatwatt.appliance.profiles import PROFILES
from flatwatt.config import Loaded, PlugTable
from flatwatt.drivers import Context, Driver, Plug, driver_of, families, nearest, options_of
from flatwatt.errors import ConfigError
from flatwatt.model import Counter


@dataclass(frozen=True, slots=True)
class Opened:
    """A plug ready to be read.

    Attributes:
        id: of the appliance.
        plug: opened, nothing sent yet.
        interval_s: how often it is asked.
        pushed: whether `read` waits by itself.
        patience_s: real seconds that one `read` may take.
    """

    id: str
    plug: Plug
    interval_s: float
    pushed: bool
    patience_s: float


def counters(package: ModuleType = plug_package) -> dict[str, Counter]:
    """Return what each family's energy counter does."""
    return {family: driver_of(package, family).counter for family in families(package)}


def driver_for(loaded: Loaded, id_: str, package: ModuleType = plug_package) -> Driver:
    """Return the driver of a configured plug, its table checked.

    Raises:
        ConfigError: unknown family, appliance kind or option, or a password where
            others can read it; with file, line and key.
    """
    table = loaded.config.plugs[id_]
    if table.appliance not in PROFILES:
        hint = nearest(table.appliance, list(PROFILES))
        raise loaded.error(
            ("plugs", id_, "appliance"), f"unknown appliance {table.appliance!r}{hint}"
        )
    try:
        driver = driver_of(package, table.family)
    except ConfigError as error:
        raise loaded.error(("plugs", id_, "family"), str(error)) from error
    for key in driver.secrets:
        if key in table.options and key not in table.secret_keys:
            raise loaded.error(
                ("plugs", id_, key), "does not belong here; write it into secrets.toml"
            )
    _check_options(loaded, id_, table, driver)
    return driver


def _check_options(loaded: Loaded, id_: str, table: PlugTable, driver: Driver) -> None:
    try:
        options_of(driver, id_, table.options)
    except ConfigError as error:
        wrong = next((key for key in table.options if f"{key!r}" in str(error)), "")
        path = ("plugs", id_, wrong) if wrong else ("plugs", id_)
        message = str(error).removeprefix(f"{id_}: ")
        raise loaded.error(path, message) from error


def open_all(
    loaded: Loaded, now_ms: Callable[[], int], package: ModuleType = plug_package
) -> list[Opened]:
    """Open every configured plug; nothing is sent yet.

    Raises:
        ConfigError: see `driver_for`.
    """
    return [open_one(loaded, id_, now_ms, package) for id_ in loaded.config.plugs]


def open_one(
    loaded: Loaded, id_: str, now_ms: Callable[[], int], package: ModuleType = plug_package
) -> Opened:
    """Open one configured plug."""
    table = loaded.config.plugs[id_]
    driver = driver_for(loaded, id_, package)
    interval_s = table.interval_s or driver.interval_s
    context = Context(id_, now_ms, interval_s)
    plug = driver.plug(options_of(driver, id_, table.options), context)
    return Opened(id_, plug, interval_s, driver.pushed, max(10.0, 3 * interval_s))


def check_all(loaded: Loaded) -> Mapping[str, Driver]:
    """Return every plug's driver, or raise ConfigError for the first that is wrong."""
    return {id_: driver_for(loaded, id_) for id_ in loaded.config.plugs}
