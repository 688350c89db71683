"""The energy of one appliance: its plugs' meters, its quarter-hours, what its run has drawn."""

from collections.abc import Iterator, Mapping

from flatwatt.appliance import quarters as slots
from flatwatt.appliance.energy import Meter
from flatwatt.appliance.quarters import QuarterNow
from flatwatt.appliance.whole import TrackerState
from flatwatt.model import QUARTER_MS, Basis, Counter, CounterKind, Interval, Reading, Slice

UNKNOWN_COUNTER = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
"""Of a plug in an old record whose family this flatwatt does not know."""
IMPORTED = "import"
"""Family of rows that came from another program."""
IMPORTED_COUNTER = Counter(CounterKind.SINCE_BOOT, resolution_wh=1.0, max_power_w=25_000.0)
"""The import says where a counter began again; it may have measured three phases of 35 A."""


class Booking:
    """Books the readings of one appliance.

    Args:
        counters: plug family -> what its energy counter does.
        state: of the appliance; its total, quarter-hours and slices are changed in place.
    """

    def __init__(self, counters: Mapping[str, Counter], state: TrackerState) -> None:
        self._counters = counters
        self._state = state
        self._meters = {
            plug: Meter(self._counter(plug), saved) for plug, saved in state.meters.items()
        }

    def keep(self) -> None:
        """Put what the meters remember into the state."""
        self._state.meters = {plug: meter.state for plug, meter in self._meters.items()}

    def feed(self, reading: Reading, *, in_run: bool) -> None:
        """Book a reading, for the candidate or run too if there is one."""
        state = self._state
        meter = self._meters.get(reading.plug)
        if meter is None:
            meter = self._meters[reading.plug] = Meter(self._counter(reading.plug))
            state.quarters[reading.plug] = slots.first_of(reading.at_ms)
        quarters = state.quarters[reading.plug]
        interval = meter.feed(reading)
        if interval is not None:
            state.total_mwh += interval.energy_mwh
            slices = slots.book(quarters, interval)
            if in_run:
                self._collect(interval, slices)
        slots.note(quarters, reading)

    def _collect(self, interval: Interval, slices: tuple[Slice, ...]) -> None:
        kept = self._state.slices
        for slot_ms, energy_mwh in slices:
            kept[slot_ms] = kept.get(slot_ms, 0) + energy_mwh
        if interval.basis is Basis.MISSING:
            self._state.run_missing_ms += interval.end_ms - interval.start_ms

    def _counter(self, plug: str) -> Counter:
        family = plug.partition("-")[0]
        unknown = IMPORTED_COUNTER if family == IMPORTED else UNKNOWN_COUNTER
        return self._counters.get(family, unknown)

    def drift_percent(self) -> float | None:
        """Return counter against power integral of the newest plug, in percent."""
        last = self._state.last
        return None if last is None else self._meters[last.plug].drift_percent

    def quarters(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield (plug, start in ms, quarter) of all that is kept in memory."""
        return slots.listed(self._state.quarters)

    def over(self, reading: Reading) -> list[tuple[int, QuarterNow]]:
        """Return the quarter-hours of a plug that its newest reading leaves behind, in order."""
        last, now_ms = self._state.last, reading.at_ms - reading.at_ms % QUARTER_MS
        if last is None or last.plug != reading.plug or last.at_ms >= now_ms:
            return []
        from_ms = last.at_ms - last.at_ms % QUARTER_MS
        kept = self._state.quarters[reading.plug]
        return [(at_ms, kept[at_ms]) for at_ms in sorted(kept) if from_ms <= at_ms < now_ms]
