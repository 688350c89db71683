"""What a meter remembers, and how far its two estimates are apart."""

from msgspec import Struct

from flatwatt.appliance.counters import UJ_PER_WH


class MeterState(Struct):
    """What a meter remembers: a checkpoint of it restores the meter exactly.

    Attributes:
        at_ms: end of the last interval; None before the first reading.
        power_mw, power_ms: the last known power, and when it was said.
        mark_uj, mark_ms: the counter's last value, and when it was said.
        changed_ms: when the counter last changed.
        still_uj: power integral since then.
        open_uj: power integral since the counter was last heard.
        ahead_uj: booked beyond the counter.
        booked_uj: booked since ever.
        counted_uj, integrated_uj: both estimates, over the same time.
        waiting_ms: first reading after a gap that did not bring the counter.
        flags: of readings that said nothing else.
    """

    at_ms: int | None = None
    power_mw: int | None = None
    power_ms: int = 0
    mark_uj: int | None = None
    mark_ms: int = 0
    changed_ms: int = 0
    still_uj: int = 0
    open_uj: int = 0
    ahead_uj: int = 0
    booked_uj: int = 0
    counted_uj: int = 0
    integrated_uj: int = 0
    waiting_ms: int | None = None
    flags: int = 0


class Drift(Struct, frozen=True):
    """How far a plug's counter and its own power are apart, over the same time.

    Attributes:
        counted_wh, integrated_wh: the two estimates.
    """

    counted_wh: float
    integrated_wh: float

    @property
    def difference_wh(self) -> float:
        """Counter minus integral, in Wh."""
        return self.counted_wh - self.integrated_wh

    @property
    def percent(self) -> float | None:
        """Counter minus integral in percent of the integral; None without both."""
        if not self.counted_wh or not self.integrated_wh:
            return None
        return 100.0 * self.difference_wh / self.integrated_wh


def drift_of(state: MeterState) -> Drift:
    """Return the drift of a meter's state."""
    return Drift(state.counted_uj / UJ_PER_WH, state.integrated_uj / UJ_PER_WH)
