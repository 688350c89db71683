"""A plug that does not exist, measuring an appliance that does not exist.

For a first look without hardware, and for tests: `load` names what hangs on it. The
same options give the same figures at the same instant, after any restart.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from flatwatt.drivers import Context, Driver, nearest
from flatwatt.errors import ConfigError, PlugNonsense, UsageError
from flatwatt.loads import KINDS, Curve, load_of
from flatwatt.loads.dice import mix
from flatwatt.loads.layers import UJ_PER_WH
from flatwatt.model import Counter, CounterKind, Identity, Reading

ORIGIN_MS = 1_767_225_600_000
"""Where every simulated counter stood at zero: 2026-01-01 UTC, so it survives restarts."""

_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration may say of a simulated plug.

    Attributes:
        load: one of `flatwatt.loads.KINDS`.
        seed: which appliance of its kind, and when it runs.
        resolution_wh: step of the counter, in Wh.
        utc_offset_min: of the flat's clock, so that washing is done by day.
    """

    load: str
    seed: int = 1
    resolution_wh: float = 1.0
    utc_offset_min: int = 60


class SimulatedPlug:
    """Reads a load at the collector's clock.

    Args:
        options: see `Options`.
        context: name and clock.

    Raises:
        ConfigError: unknown load, or a resolution or offset that cannot be.
    """

    def __init__(self, options: Options, context: Context) -> None:
        self._context = context
        self._seed = options.seed
        self._load = _load_of(options, context.name)
        self._step_uj = round(options.resolution_wh * UJ_PER_WH)
        self._resolution_wh = options.resolution_wh
        self._plug = plug_id(context.name)
        self._model = f"simulated {options.load}"

    async def read(self) -> Sequence[Reading]:
        """See `Plug.read`; one reading.

        Raises:
            PlugNonsense: the clock is before the load's origin.
        """
        at_ms = self._context.now_ms()
        try:
            energy_uj = self._load.energy_uj(at_ms)
        except UsageError as error:
            raise PlugNonsense(
                f"{self._context.name}: simulated loads begin on 2026-01-01; "
                "set the computer's clock"
            ) from error
        reading = Reading(
            at_ms,
            self._context.name,
            self._plug,
            round(self._load.power_w(at_ms), 1),
            round(energy_uj // self._step_uj * self._resolution_wh, 6),
            voltage_v(self._seed, at_ms),
        )
        return (reading,)

    async def identify(self) -> Identity:
        """See `Plug.identify`."""
        return Identity(self._plug, model=self._model, label=self._context.name)

    async def close(self) -> None:
        """See `Plug.close`; there is no wire."""


def voltage_v(seed: int, at_ms: int) -> float:
    """Return mains voltage in V: 226 to 234, by the hour and by ten seconds."""
    slow = mix(seed, 1, at_ms // 3_600_000) % 61 - 30
    quick = mix(seed, 2, at_ms // 10_000) % 21 - 10
    return (2300 + slow + quick) / 10


def plug_id(name: str) -> str:
    """Return `simulated-<name>`; where that is too long, its end becomes a checksum."""
    plug = f"simulated-{name}"
    if len(plug) <= _ID_LENGTH:
        return plug
    return f"{plug[: _ID_LENGTH - 9]}-{zlib.crc32(name.encode()):08x}"


def _load_of(options: Options, name: str) -> Curve:
    if options.load not in KINDS:
        raise ConfigError(f"{name}: unknown load {options.load!r}{nearest(options.load, KINDS)}")
    if not (math.isfinite(options.resolution_wh) and 1e-6 <= options.resolution_wh <= 1000):
        raise ConfigError(
            f"{name}: resolution_wh is {options.resolution_wh}; it must be from 0.000001 to 1000"
        )
    if abs(options.utc_offset_min) > 14 * 60:
        raise ConfigError(
            f"{name}: utc_offset_min is {options.utc_offset_min}; it must be from -840 to 840"
        )
    return load_of(options.load, options.seed, ORIGIN_MS, options.utc_offset_min * 60_000)


driver = Driver(Options, SimulatedPlug, counter=Counter(CounterKind.LIFETIME, resolution_wh=1.0))
