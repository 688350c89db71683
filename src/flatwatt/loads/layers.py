"""What power is made of: a few shapes whose energy is known without walking there.

Everything is an integer: milliwatts, milliseconds, and their product, microjoules. Each
shape is constant over pieces of time, and its noise comes in pairs that cancel, so the
energy from its beginning to any instant is a closed form, exact to the last digit.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from flatwatt.loads.dice import mix

NEVER = 1 << 62
"""An instant no curve reaches, in ms."""

UJ_PER_WH = 3_600_000_000
"""Microjoules (milliwatt-milliseconds) in a watt-hour."""

Look: TypeAlias = tuple[int, int, int]
"""What a layer says of an instant: power in mW, energy since its beginning in uJ, and
until when (ms since its beginning, excluded) the power stays as it is."""


class Layer(Protocol):
    """One contribution to the power of a stretch of time."""

    def at(self, into_ms: int) -> Look:
        """Return power, energy so far and end of the piece at `into_ms` >= 0."""
        ...


@dataclass(frozen=True, slots=True)
class Level:
    """Constant power."""

    mw: int

    def at(self, into_ms: int) -> Look:
        """See `Layer.at`."""
        return self.mw, self.mw * into_ms, NEVER


@dataclass(frozen=True, slots=True)
class Stairs:
    """Power that climbs or falls by `step_mw` every `every_ms`: a ramp in small steps."""

    first_mw: int
    step_mw: int
    every_ms: int

    def at(self, into_ms: int) -> Look:
        """See `Layer.at`."""
        steps, rest = divmod(into_ms, self.every_ms)
        power = self.first_mw + self.step_mw * steps
        whole = self.first_mw * steps + self.step_mw * (steps * (steps - 1) // 2)
        return power, whole * self.every_ms + power * rest, (steps + 1) * self.every_ms


@dataclass(frozen=True, slots=True)
class Burst:
    """Power once, from `start_ms` for `on_ms`."""

    mw: int
    start_ms: int
    on_ms: int

    def at(self, into_ms: int) -> Look:
        """See `Layer.at`."""
        if into_ms < self.start_ms:
            return 0, 0, self.start_ms
        end_ms = self.start_ms + self.on_ms
        if into_ms < end_ms:
            return self.mw, self.mw * (into_ms - self.start_ms), end_ms
        return 0, self.mw * self.on_ms, NEVER


@dataclass(frozen=True, slots=True)
class Pulse:
    """Power that is on for `on_ms` at the start of every `period_ms`: a drum, a thermostat.

    Attributes:
        mw: mean power while on.
        on_ms, period_ms: how long, how often.
        vary_mw: how far one pulse may differ from the mean; the next makes up for it.
        seed: of that difference.
    """

    mw: int
    on_ms: int
    period_ms: int
    vary_mw: int = 0
    seed: int = 0

    def at(self, into_ms: int) -> Look:
        """See `Layer.at`."""
        turn, rest = divmod(into_ms, self.period_ms)
        differs = self._differs(turn) if self.vary_mw else 0
        owed = -differs if turn & 1 else 0  # what the first pulse of the pair had more
        energy = (self.mw * turn + owed) * self.on_ms
        if rest < self.on_ms:
            power = self.mw + differs
            return power, energy + power * rest, into_ms - rest + self.on_ms
        return 0, energy + (self.mw + differs) * self.on_ms, into_ms - rest + self.period_ms

    def _differs(self, turn: int) -> int:
        differs = mix(self.seed, turn >> 1) % (2 * self.vary_mw + 1) - self.vary_mw
        return -differs if turn & 1 else differs


@dataclass(frozen=True, slots=True)
class Ripple:
    """Noise around zero: constant for `every_ms`, then as much the other way."""

    mw: int
    every_ms: int
    seed: int

    def at(self, into_ms: int) -> Look:
        """See `Layer.at`."""
        turn, rest = divmod(into_ms, self.every_ms)
        power = mix(self.seed, turn >> 1) % (2 * self.mw + 1) - self.mw
        if turn & 1:
            return -power, power * (self.every_ms - rest), (turn + 1) * self.every_ms
        return power, power * rest, (turn + 1) * self.every_ms
