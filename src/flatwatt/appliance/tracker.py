"""One appliance: its plugs' meters, its detector, its quarter-hours and its run.

The energy of a run is collected quarter-hour by quarter-hour from the moment its
detector sees a candidate, so that a back-dated start and end, and any tariff, find
their milliwatt-hours exactly.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from flatwatt.appliance.curve import CurveState, begun, cut, extend
from flatwatt.appliance.energy import Meter, MeterState, split
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.slots import run_id, trimmed
from flatwatt.appliance.states import Detector, DetectorState, Finished, Started
from flatwatt.model import (
    QUARTER_MS,
    Basis,
    Counter,
    CounterKind,
    Flag,
    Interval,
    Reading,
    Run,
    Slice,
    State,
)

UNKNOWN_COUNTER = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
"""Of a plug in an old record whose family this flatwatt does not know."""


class QuarterNow(Struct, gc=False):
    """A quarter-hour of one plug that is still being filled, or was just filled.

    Attributes:
        energy_mwh: booked in it.
        power_min_mw, power_max_mw: of the readings in it; None without any.
        readings: how many.
        missing_ms: time in which nothing could be measured.
        flags: all flags of its intervals together.
        dirty: changed since it was last written down.
    """

    energy_mwh: int = 0
    power_min_mw: int | None = None
    power_max_mw: int | None = None
    readings: int = 0
    missing_ms: int = 0
    flags: int = 0
    dirty: bool = True


class TrackerState(Struct):
    """What a tracker remembers, for a checkpoint."""

    detector: DetectorState
    meters: dict[str, MeterState] = field(default_factory=dict)
    quarters: dict[str, dict[int, QuarterNow]] = field(default_factory=dict)
    slices: dict[int, int] = field(default_factory=dict)
    run_missing_ms: int = 0
    curve: CurveState = field(default_factory=CurveState)
    total_mwh: int = 0
    last: Reading | None = None
    last_run: Run | None = None


class Tracker:
    """Follows one appliance from reading to reading.

    Args:
        appliance: its id.
        profile: what kind it is.
        counters: plug family -> what its energy counter does.
        state: from a checkpoint.
    """

    def __init__(
        self,
        appliance: str,
        profile: Profile,
        counters: Mapping[str, Counter],
        state: TrackerState | None = None,
    ) -> None:
        self.appliance = appliance
        self.profile = profile
        self._counters = counters
        self._detector = Detector(appliance, profile, state.detector if state else None)
        self._state = state or TrackerState(self._detector.state)
        self._meters = {
            plug: Meter(self._counter(plug), saved) for plug, saved in self._state.meters.items()
        }

    @property
    def state(self) -> TrackerState:
        """What to keep in a checkpoint; valid until the next `feed`."""
        self._state.detector = self._detector.state
        self._state.meters = {plug: meter.state for plug, meter in self._meters.items()}
        return self._state

    @property
    def last(self) -> Reading | None:
        """The newest reading."""
        return self._state.last

    @property
    def doing(self) -> State:
        """What the appliance was doing at its last reading."""
        return self._detector.state_now

    @property
    def total_mwh(self) -> int:
        """Booked since ever; never decreases."""
        return self._state.total_mwh

    @property
    def last_run(self) -> Run | None:
        """The newest finished run."""
        return self._state.last_run

    def feed(self, reading: Reading) -> tuple[Run, ...]:
        """Book a reading.

        Returns:
            Runs that were just found to have started (`end_ms` None) or finished.
        """
        state = self._state
        meter = self._meters.get(reading.plug)
        if meter is None:
            meter = self._add_plug(reading)
        interval = meter.feed(reading)
        before_ms = self._detector.since_ms
        if interval is not None:
            state.total_mwh += interval.energy_mwh
            self._book(interval, reading.plug, in_run=before_ms is not None)
        self._note(reading)
        changes = self._detector.feed(reading, state.total_mwh)
        runs = tuple(map(self._run_of, changes)) if changes else ()
        if self._detector.since_ms != before_ms and not self._still(before_ms, runs):
            state.slices = {}
            state.run_missing_ms = 0
        self._draw(reading.at_ms)
        state.last = reading
        return runs

    def run_now(self) -> Run | None:
        """Return the announced run going on, with its energy so far."""
        start_ms = self._detector.run_start_ms
        if start_ms is None:
            return None
        slices = tuple(self._state.slices.items())
        energy_mwh = sum(mwh for _, mwh in slices)
        return self._make_run(start_ms, None, energy_mwh, self._detector.peak_w, slices)

    def today(self, since_ms: int) -> list[Slice]:
        """Return the quarter-hours since `since_ms`, at most as far back as is kept."""
        return [
            (start_ms, quarter.energy_mwh)
            for quarters in self._state.quarters.values()
            for start_ms, quarter in quarters.items()
            if start_ms >= since_ms
        ]

    def drift_percent(self) -> float | None:
        """Return counter against power integral of the newest plug, in percent."""
        last = self._state.last
        return None if last is None else self._meters[last.plug].drift_percent

    def quarters(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield (plug, start in ms, quarter) of all that is kept in memory."""
        for plug, quarters in self._state.quarters.items():
            for start_ms, quarter in quarters.items():
                yield plug, start_ms, quarter

    def dirty(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield what changed since it was last yielded here."""
        for plug, start_ms, quarter in self.quarters():
            if quarter.dirty:
                quarter.dirty = False
                yield plug, start_ms, quarter

    def forget(self, before_ms: int) -> None:
        """Drop clean quarters that began before `before_ms`, but never a plug's newest."""
        for plug, quarters in self._state.quarters.items():
            newest_ms = max(quarters, default=0)
            self._state.quarters[plug] = {
                start_ms: quarter
                for start_ms, quarter in quarters.items()
                if quarter.dirty or start_ms >= before_ms or start_ms == newest_ms
            }

    def _counter(self, plug: str) -> Counter:
        return self._counters.get(plug.partition("-")[0], UNKNOWN_COUNTER)

    def _add_plug(self, reading: Reading) -> Meter:
        meter = self._meters[reading.plug] = Meter(self._counter(reading.plug))
        start_ms = reading.at_ms - reading.at_ms % QUARTER_MS
        quarter = QuarterNow(flags=Flag.GAP)  # its beginning was never heard
        self._state.quarters[reading.plug] = {start_ms: quarter}
        return meter

    def _quarter(self, plug: str, start_ms: int) -> QuarterNow:
        quarters = self._state.quarters[plug]
        quarter = quarters.get(start_ms)
        if quarter is None:
            quarter = quarters[start_ms] = QuarterNow()
        return quarter

    def _book(self, interval: Interval, plug: str, *, in_run: bool) -> None:
        slices: tuple[Slice, ...]
        start_ms = interval.start_ms - interval.start_ms % QUARTER_MS
        if interval.end_ms <= start_ms + QUARTER_MS:
            slices = ((start_ms, interval.energy_mwh),)
        else:
            slices = split(interval)
        for slot_ms, energy_mwh in slices:
            quarter = self._quarter(plug, slot_ms)
            quarter.energy_mwh += energy_mwh
            quarter.flags |= interval.flags
            quarter.dirty = True
            if in_run:
                kept = self._state.slices
                kept[slot_ms] = kept.get(slot_ms, 0) + energy_mwh
        if interval.basis is Basis.MISSING:
            self._book_missing(interval, plug, in_run=in_run)

    def _book_missing(self, interval: Interval, plug: str, *, in_run: bool) -> None:
        from_ms = interval.start_ms
        while from_ms < interval.end_ms:
            slot_ms = from_ms - from_ms % QUARTER_MS
            until_ms = min(interval.end_ms, slot_ms + QUARTER_MS)
            self._quarter(plug, slot_ms).missing_ms += until_ms - from_ms
            from_ms = until_ms
        if in_run:
            self._state.run_missing_ms += interval.end_ms - interval.start_ms

    def _note(self, reading: Reading) -> None:
        quarter = self._quarter(reading.plug, reading.at_ms - reading.at_ms % QUARTER_MS)
        quarter.readings += 1
        quarter.dirty = True
        if reading.power_w is not None:
            power_mw = round(reading.power_w * 1000)
            if quarter.power_max_mw is None or power_mw > quarter.power_max_mw:
                quarter.power_max_mw = power_mw
            if quarter.power_min_mw is None or power_mw < quarter.power_min_mw:
                quarter.power_min_mw = power_mw

    def _still(self, before_ms: int | None, runs: tuple[Run, ...]) -> bool:
        """Whether the candidate of before became this run: its energy is kept."""
        return before_ms is not None and any(
            run.end_ms is None and self._detector.since_ms == run.start_ms for run in runs
        )

    def _draw(self, at_ms: int) -> None:
        """Let the curve of the candidate or run grow."""
        detector, state = self._detector, self._state
        if detector.since_ms is None:
            return
        if detector.since_ms != state.curve.start_ms:
            state.curve = begun(detector.since_ms, detector.start_mwh)
        extend(state.curve, at_ms, state.total_mwh)

    def _run_of(self, change: Started | Finished) -> Run:
        if isinstance(change, Started):
            slices = tuple(self._state.slices.items())
            energy_mwh = sum(mwh for _, mwh in slices)
            return self._make_run(change.at_ms, None, energy_mwh, self._detector.peak_w, slices)
        slices = trimmed(self._state.slices, change.energy_mwh)
        run = self._make_run(
            change.start_ms, change.end_ms, change.energy_mwh, change.peak_w, slices
        )
        run = replace(run, curve=cut(self._state.curve, change.end_ms, change.energy_mwh))
        self._state.last_run = run
        return run

    def _make_run(
        self,
        start_ms: int,
        end_ms: int | None,
        energy_mwh: int,
        peak_w: float,
        slices: tuple[Slice, ...],
    ) -> Run:
        return Run(
            id=run_id(self.appliance, start_ms),
            appliance=self.appliance,
            start_ms=start_ms,
            end_ms=end_ms,
            energy_mwh=energy_mwh,
            peak_w=peak_w,
            slices=slices,
            missing_ms=self._state.run_missing_ms,
        )
