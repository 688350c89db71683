"""What a plug must be, and how one is opened by its family's file name.

A family is one file in `flatwatt/plugs/`: an `Options` dataclass, a pure
`parse_…(payload) -> …`, a class with `async read()`, and at the end
`driver = Driver(Options, ThePlug, counter=…)`. Nothing else lists it.
"""

import dataclasses
import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import msgspec

from flatwatt.errors import ConfigError
from flatwatt.model import Counter, Identity, Reading


class Plug(Protocol):
    """One opened channel of one plug."""

    async def read(self) -> Sequence[Reading]:
        """Return what the plug says now, or next.

        A polled plug (`Driver.pushed` False) answers once a call. A pushed plug waits
        until it has news and may return several readings in the order they were heard.
        An empty sequence of a pushed plug means that it has told its whole story.

        Raises:
            PlugUnreachable, PlugNonsense, PlugRefused.
        """
        ...

    async def identify(self) -> Identity:
        """Return who answers; raises as `read` does."""
        ...

    async def close(self) -> None:
        """Let go of the wire; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a driver is given beside its options.

    Attributes:
        name: the plug's name in the configuration, which is the appliance's id.
        now_ms: the collector's clock, ms of Unix time.
        interval_s: how often the plug is asked.
    """

    name: str
    now_ms: Callable[[], int]
    interval_s: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A family of plugs.

    Attributes:
        options: frozen dataclass of what the configuration may say.
        plug: makes a plug of options and context.
        counter: what its energy counter does.
        interval_s: how often it is asked when the configuration does not say.
        pushed: whether `read` waits for news by itself instead of answering at once.
        secrets: options that may only stand in secrets.toml or the environment.
    """

    options: type[Any]
    plug: Callable[[Any, Context], Plug]
    counter: Counter
    interval_s: float = 2.0
    pushed: bool = False
    secrets: tuple[str, ...] = ("password",)


def families(package: ModuleType) -> tuple[str, ...]:
    """Return the names of the families in a package of drivers, sorted."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def driver_of(package: ModuleType, family: str) -> Driver:
    """Return a family's driver.

    Raises:
        ConfigError: no such family; names the nearest.
    """
    known = families(package)
    if family not in known:
        raise ConfigError(f"unknown family {family!r}{nearest(family, known)}")
    driver: Driver = importlib.import_module(f"{package.__name__}.{family}").driver
    return driver


def options_of(driver: Driver, name: str, table: Mapping[str, object]) -> Any:  # noqa: ANN401 - each family has its own
    """Turn a configuration table into a family's options.

    Raises:
        ConfigError: unknown or missing option, or one of the wrong type, by name.
    """
    known = [field.name for field in dataclasses.fields(driver.options)]
    for key in table:
        if key not in known:
            raise ConfigError(f"{name}: unknown option {key!r}{nearest(key, known)}")
    try:
        return msgspec.convert(dict(table), driver.options)
    except msgspec.ValidationError as error:
        message, _, where = str(error).replace("`", "").partition(" - at $.")
        missing = re.search(r"required field (\w+)", message)
        if missing:
            message = f"{missing[1]} = … is missing"
        raise ConfigError(f"{name}: {f'option {where!r}: ' if where else ''}{message}") from error


def open_plug(
    package: ModuleType, family: str, table: Mapping[str, object], context: Context
) -> Plug:
    """Make a plug of a family from its configuration table; nothing is sent yet.

    Raises:
        ConfigError: see `driver_of` and `options_of`.
    """
    driver = driver_of(package, family)
    return driver.plug(options_of(driver, context.name, table), context)


def nearest(word: str, known: Sequence[str]) -> str:
    """Return `; did you mean …?` or `; known: …` for a word nobody knows."""
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(sorted(known))}"
