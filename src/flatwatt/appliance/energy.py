"""From readings to booked energy: the counter decides how much, the power decides when.

A meter keeps two estimates side by side. The plug's counter is the truth about amounts,
but it may be coarse: a whole watt-hour is three minutes of a router. The power integral
is smooth, but it aliases with a heater that switches faster than it is asked. So what is
booked follows the power and is held to the counter: it is never below the counter and
never more than one count above it. Where readings come without the counter, the power is
followed freely, and the next value of the counter settles the account.

Inside, energy is integer microjoules (milliwatts times milliseconds); what leaves is the
difference of totals floored to milliwatt-hours, so rounding loses nothing in any number
of intervals.

Between two readings power is taken as a straight line for up to a minute, which is a poll;
beyond that as constant, because a plug that is silent for longer reports changes only, and
a line from an old value to a new one would invent energy. Nothing is held across a gap.
"""

from flatwatt.appliance.balance import Drift, MeterState, drift_of
from flatwatt.appliance.counters import (
    GAP_MS,
    MAX_WH,
    QUANTA_PER_WH,
    QUANTUM_UJ,
    Change,
    Evidence,
    Limits,
    odd_power,
)
from flatwatt.appliance.slots import split
from flatwatt.model import Basis, Counter, CounterKind, Flag, Interval, Reading

__all__ = ["GAP_MS", "Drift", "Meter", "MeterState", "split"]

UJ_PER_MWH = 3_600_000
LINE_MS = 60_000
"""Longest time over which power is taken as a line; longer, it is held."""
SETTLE_MS = 300_000
"""How long after a gap the counter is waited for before the gap is called missing."""
STEP_MAX_MS = 86_399_999
"""Longest time a step of the collector's clock is taken for: less than a day, which alone
would tell a daily counter that midnight has passed."""
_BOOT, _CLOCK = int(Flag.BOOT), int(Flag.CLOCK)
_GAP, _SUSPECT = int(Flag.GAP), int(Flag.SUSPECT)


class Meter:
    """Books the energy of one plug, reading by reading.

    A plug that is swapped for another needs another meter: no arithmetic can tell.

    Args:
        counter: what the plug's family declares of its counter.
        state: from a checkpoint; the meter takes it over.
    """

    def __init__(self, counter: Counter, state: MeterState | None = None) -> None:
        self.state = MeterState() if state is None else state
        self._limits = Limits(counter)
        self._max_w = self._limits.max_mw / 1000
        self._max_wh = -1.0 if counter.kind is CounterKind.NONE else MAX_WH

    @property
    def total_mwh(self) -> int:
        """Booked since ever: the sum of all intervals."""
        return self.state.booked_uj // UJ_PER_MWH

    @property
    def drift(self) -> Drift:
        """The plug's counter against the integral of its power."""
        return drift_of(self.state)

    @property
    def drift_percent(self) -> float | None:
        """See `Drift.percent`."""
        return self.drift.percent

    def feed(self, reading: Reading) -> Interval | None:
        """Book what a reading says.

        Returns:
            The energy since the reading before. None when there is nothing to tell: the
            first reading, one without figures, one that is not newer than the last, and
            one without the counter right after a gap, which waits for the counter.
        """
        state = self.state
        at_ms, start_ms = reading.at_ms, state.at_ms
        flags = reading.flags | state.flags
        if start_ms is not None and at_ms <= start_ms and not flags & _CLOCK:
            return None
        watt, energy_wh = reading.power_w, reading.energy_wh
        power_mw = counter_uj = None
        if watt is not None:
            if 0.0 <= watt <= self._max_w:
                power_mw = int(watt * 1000.0 + 0.5)
            else:
                power_mw, flags = odd_power(watt, self._limits.max_mw, flags)
        if energy_wh is not None and 0.0 <= energy_wh <= self._max_wh:
            counter_uj = int(energy_wh * QUANTA_PER_WH + 0.5) * QUANTUM_UJ
        if power_mw is None and counter_uj is None:
            state.flags = flags
            return None
        if start_ms is None or flags & _CLOCK:
            interval = self._begin(at_ms, counter_uj, flags)
        else:
            interval = self._go_on(at_ms, start_ms, power_mw, counter_uj, flags)
        if power_mw is not None:
            state.power_mw = power_mw
            state.power_ms = at_ms
        return interval

    def _begin(self, at_ms: int, counter_uj: int | None, flags: int) -> Interval | None:
        """Start at a first reading, or anew on a clock that was set.

        Time across a step is no duration, so the power counts for nothing; the counter
        is believed for 15 minutes, and for longer when the clock went forward further,
        which is how a computer wakes from sleep.
        """
        state = self.state
        before_ms = state.at_ms
        if before_ms is None:
            state.at_ms, state.flags = at_ms, 0
            self._set_mark(at_ms, counter_uj)
            return None
        span_ms = min(max(at_ms - before_ms, GAP_MS), STEP_MAX_MS)
        start_ms = min(before_ms, at_ms)
        state.power_mw = None
        state.mark_ms += at_ms - span_ms - before_ms
        state.changed_ms += at_ms - span_ms - before_ms
        energy_uj, basis = 0, Basis.MISSING
        if span_ms > GAP_MS:
            flags |= _GAP
        if counter_uj is not None:
            energy_uj, basis, flags = self._settle(at_ms, counter_uj, None, flags)
        return self._emit(start_ms, at_ms, energy_uj, basis, flags)

    def _go_on(
        self,
        at_ms: int,
        start_ms: int,
        power_mw: int | None,
        counter_uj: int | None,
        flags: int,
    ) -> Interval | None:
        span_ms = at_ms - start_ms
        integral_uj = None
        if span_ms > GAP_MS:
            flags |= _GAP
            if counter_uj is None and self._wait(at_ms, flags):
                return None
        else:
            integral_uj = self._integral_uj(at_ms, span_ms, power_mw)
        if counter_uj is not None:
            energy_uj, basis, flags = self._settle(at_ms, counter_uj, integral_uj, flags)
        elif integral_uj is None:
            energy_uj, basis = 0, Basis.MISSING
        else:
            energy_uj, basis = self._follow(integral_uj), Basis.INTEGRATED
        return self._emit(start_ms, at_ms, energy_uj, basis, flags)

    def _integral_uj(self, at_ms: int, span_ms: int, power_mw: int | None) -> int | None:
        """Return the power integral since the reading before; None when power is unknown."""
        state = self.state
        held_mw = state.power_mw
        if held_mw is None or at_ms - state.power_ms > GAP_MS:
            return None
        if power_mw is None or span_ms > LINE_MS:
            return held_mw * span_ms
        return (held_mw + power_mw) * span_ms >> 1

    def _wait(self, at_ms: int, flags: int) -> bool:
        """Whether a reading after a gap should wait for the counter to tell the gap's energy."""
        state = self.state
        if state.mark_uj is None:
            return False
        if state.waiting_ms is None:
            state.waiting_ms = at_ms
        if at_ms - state.waiting_ms >= SETTLE_MS:
            return False
        state.flags = flags
        return True

    def _follow(self, integral_uj: int) -> int:
        """Book the power's word alone; the counter settles it later, if there is one."""
        state = self.state
        if state.mark_uj is not None:
            state.ahead_uj += integral_uj
            state.open_uj += integral_uj
            state.still_uj += integral_uj
            state.integrated_uj += integral_uj
        return integral_uj

    def _settle(
        self, at_ms: int, counter_uj: int, integral_uj: int | None, flags: int
    ) -> tuple[int, Basis, int]:
        """Book what the counter says; return energy in µJ, basis and flags."""
        state, limits = self.state, self._limits
        mark_uj = state.mark_uj
        if mark_uj is None:
            self._set_mark(at_ms, counter_uj)
            basis = Basis.MISSING if integral_uj is None else Basis.INTEGRATED
            return integral_uj or 0, basis, flags
        span_ms = at_ms - state.mark_ms
        if span_ms > GAP_MS:
            flags |= _GAP
        rise_uj = counter_uj - mark_uj
        plain = not flags & (_BOOT | _GAP) and 0 <= rise_uj <= limits.max_mw * span_ms
        if not plain:
            known = self._evidence(at_ms, integral_uj or 0, flags)
            change = limits.judge(mark_uj, counter_uj, known)
            if change is Change.WRAPPED:
                rise_uj += limits.modulus_uj or 0
            elif change is Change.WOBBLED:
                counter_uj, rise_uj = mark_uj, 0
            elif change is not Change.ROSE:
                return self._renew(change, at_ms, counter_uj, integral_uj, flags)
        self._compare(rise_uj, integral_uj, span_ms)
        state.mark_uj, state.mark_ms, state.open_uj = counter_uj, at_ms, 0
        return self._clamp(at_ms, rise_uj, integral_uj or 0), Basis.COUNTED, flags

    def _clamp(self, at_ms: int, rise_uj: int, integral_uj: int) -> int:
        """Follow the power between the counter and one count above it.

        Right after the counter moved, what it does not show yet is no more than what was
        just used, and half a count if it moves with every reading.
        """
        state, count_uj = self.state, self._limits.count_uj
        least_uj = rise_uj - state.ahead_uj
        if rise_uj:
            most_uj = least_uj + min(count_uj >> 1, integral_uj)
            state.changed_ms, state.still_uj = at_ms, 0
        else:
            most_uj = least_uj + count_uj
            state.still_uj += integral_uj
        energy_uj = integral_uj
        if energy_uj < least_uj:
            energy_uj = least_uj
        elif energy_uj > most_uj:
            energy_uj = max(most_uj, 0)
        state.ahead_uj += energy_uj - rise_uj
        return energy_uj

    def _evidence(self, at_ms: int, integral_uj: int, flags: int) -> Evidence:
        state = self.state
        return Evidence(
            span_ms=at_ms - state.mark_ms,
            still_ms=at_ms - state.changed_ms,
            integral_uj=integral_uj,
            still_uj=state.still_uj + integral_uj,
            boot=bool(flags & _BOOT),
        )

    def _compare(self, rise_uj: int, integral_uj: int | None, span_ms: int) -> None:
        """Keep both estimates for the drift, where both are known."""
        state = self.state
        if integral_uj is None or span_ms > GAP_MS:
            state.integrated_uj -= state.open_uj
        else:
            state.integrated_uj += integral_uj
            state.counted_uj += rise_uj

    def _renew(
        self, change: Change, at_ms: int, counter_uj: int, integral_uj: int | None, flags: int
    ) -> tuple[int, Basis, int]:
        """Count from a new mark; return energy in µJ, basis and flags."""
        state, limits = self.state, self._limits
        span_ms = at_ms - state.mark_ms
        open_uj, energy_uj, basis = state.open_uj, integral_uj or 0, Basis.COUNTED
        state.integrated_uj -= open_uj
        if change is Change.RESTARTED:
            energy_uj = max(counter_uj - open_uj, energy_uj)
            if span_ms > GAP_MS and not counter_uj and limits.ends_on_boot and flags & _BOOT:
                basis = Basis.MISSING  # it began just now: what was before the start, nobody knows
        elif change is Change.TRUNCATED:
            energy_uj = 0
            if span_ms > GAP_MS and limits.step_back_uj > limits.bound_uj(span_ms) // 100:
                basis = Basis.MISSING  # the fall may hide much of what was used
        else:
            flags |= _SUSPECT
            basis = Basis.MISSING if integral_uj is None else Basis.INTEGRATED
        self._set_mark(at_ms, counter_uj)
        return energy_uj, basis, flags

    def _set_mark(self, at_ms: int, counter_uj: int | None) -> None:
        state = self.state
        state.mark_uj = counter_uj
        state.mark_ms = state.changed_ms = at_ms
        state.open_uj = state.still_uj = state.ahead_uj = 0

    def _emit(
        self, start_ms: int, end_ms: int, energy_uj: int, basis: Basis, flags: int
    ) -> Interval:
        state = self.state
        before_uj = state.booked_uj
        state.booked_uj = after_uj = before_uj + energy_uj
        state.at_ms = end_ms
        if state.flags or state.waiting_ms is not None:
            state.flags, state.waiting_ms = 0, None
        energy_mwh = after_uj // UJ_PER_MWH - before_uj // UJ_PER_MWH
        return Interval(start_ms, end_ms, energy_mwh, basis, int(flags))
