"""What a change of a plug's counter means, by the counter's declaration.

A counter that rises as fast as its plug can deliver has counted energy. Everything
else is told apart here, once for all families:

* A kept (lifetime) counter that falls a little lost what a restart or midnight had not
  saved: that energy was booked before, new energy counts from the lower value.
* A fall of at most one count without a restart is a wobble of the last digit: the
  counter has to climb back to its mark before it counts again.
* A counter at its modulus wraps.
* A counter since boot that falls, or whose plug restarted, began again at zero, and so
  did a daily counter that falls or was not heard for a day: what it shows is new energy.
* A kept counter that falls to nearly nothing was reset by somebody, likewise.
* Any other fall, and any rise beyond what the plug can deliver, contradicts itself: not
  the counter but the power has to say what was used.

A plug that refreshes its counter once a minute, or per 0.1 kWh, rises in steps that the
time between two readings cannot explain. They are believed when the power since the
counter's last step explains them.
"""

import math
from enum import Enum, auto

from msgspec import Struct

from flatwatt.model import Counter, CounterKind, Flag

UJ_PER_WH = 3_600_000_000
QUANTA_PER_WH = 18_000
"""Counters speak in mWh, watt-seconds or watt-minutes: each a multiple of 1/18000 Wh."""
QUANTUM_UJ = UJ_PER_WH // QUANTA_PER_WH
MAX_WH = 1e9
"""No plug has counted a terawatt-hour: more is an error code."""
GAP_MS = 900_000
"""Silence longer than this is a gap: no power is held across it."""
DAY_MS = 86_400_000


class Change(Enum):
    """What a counter did between two values."""

    ROSE = auto()
    WRAPPED = auto()
    WOBBLED = auto()
    TRUNCATED = auto()
    RESTARTED = auto()
    CONTRADICTED = auto()


class Evidence(Struct, gc=False):
    """What is known about the time between two values of a counter.

    Attributes:
        span_ms: time between the two values.
        still_ms: time since the counter last changed.
        integral_uj: power integral since the reading before.
        still_uj: power integral since the counter last changed.
        boot: the plug restarted in between.
    """

    span_ms: int
    still_ms: int
    integral_uj: int
    still_uj: int
    boot: bool


class Limits:
    """A counter's declaration in integers, and the judgement by it."""

    def __init__(self, counter: Counter) -> None:
        self.kind = counter.kind
        self.count_uj = quantised_uj(counter.resolution_wh)
        self.modulus_uj = None if counter.modulus_wh is None else quantised_uj(counter.modulus_wh)
        self.step_back_uj = quantised_uj(counter.step_back_wh)
        self.max_mw = int(counter.max_power_w * 1050)
        self.ends_on_boot = counter.kind is CounterKind.SINCE_BOOT
        self.ends_daily = counter.kind is CounterKind.DAILY

    def bound_uj(self, span_ms: int) -> int:
        """Most energy the counter can rise by in a time, in µJ."""
        return self.max_mw * span_ms + 2 * self.count_uj

    def judge(self, mark_uj: int, counter_uj: int, known: Evidence) -> Change:
        """Tell what happened between two values of the counter."""
        bound_uj = self.bound_uj(known.span_ms)
        if self._began_again(counter_uj, bound_uj, known):
            return Change.RESTARTED
        if counter_uj < mark_uj:
            return self._judge_fall(mark_uj, counter_uj, bound_uj, known)
        rise_uj = counter_uj - mark_uj
        if rise_uj <= bound_uj or self._late(rise_uj, known):
            return Change.ROSE
        return Change.CONTRADICTED

    def _began_again(self, counter_uj: int, bound_uj: int, known: Evidence) -> bool:
        """Whether a restart or a midnight must lie between the two values."""
        ended = (self.ends_on_boot and known.boot) or (self.ends_daily and known.span_ms >= DAY_MS)
        return ended and counter_uj <= bound_uj

    def _late(self, rise_uj: int, known: Evidence) -> bool:
        """Whether power since the counter's last change explains a rise that came late."""
        return (
            rise_uj <= self.bound_uj(known.still_ms)
            and rise_uj <= 2 * known.still_uj + 2 * self.count_uj
        )

    def _judge_fall(self, mark_uj: int, counter_uj: int, bound_uj: int, known: Evidence) -> Change:
        fall_uj = mark_uj - counter_uj
        if self.kind is CounterKind.LIFETIME and fall_uj <= self.step_back_uj:
            return Change.TRUNCATED
        if fall_uj <= self.count_uj < counter_uj and not known.boot:
            return Change.WOBBLED
        if self.modulus_uj is not None and 0 <= self.modulus_uj - fall_uj <= bound_uj:
            return Change.WRAPPED
        if counter_uj <= bound_uj and self._is_reset(mark_uj, counter_uj, known):
            return Change.RESTARTED
        return Change.CONTRADICTED

    def _is_reset(self, mark_uj: int, counter_uj: int, known: Evidence) -> bool:
        """Whether a fallen counter counts from zero rather than from an older value."""
        if self.kind is not CounterKind.LIFETIME:
            return True
        if known.span_ms > GAP_MS:
            return 2 * counter_uj <= mark_uj
        return counter_uj <= 2 * known.integral_uj + 2 * self.count_uj


def quantised_uj(energy_wh: float) -> int:
    """Return a finite, non-negative energy in µJ, rounded to what counters can say."""
    return int(energy_wh * QUANTA_PER_WH + 0.5) * QUANTUM_UJ


def odd_power(watt: float, max_mw: int, flags: int) -> tuple[int | None, int]:
    """Return power in mW, and flags, for a power that no plug can deliver.

    NaN and infinity say nothing, a negative power is fed back and uses nothing, and more
    than `max_mw` is cut to that and suspect.
    """
    if not math.isfinite(watt):
        return None, flags
    return (0, flags) if watt < 0.0 else (max_mw, flags | int(Flag.SUSPECT))
