"""One appliance: its plugs' meters, its detector, its quarter-hours and its run.

The energy of a run is collected quarter-hour by quarter-hour from the moment its
detector sees a candidate, so that a back-dated start and end, and any tariff, find
their milliwatt-hours exactly.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from flatwatt.appliance import quarters as slots
from flatwatt.appliance.curve import CurveState, begun, cut, extend
from flatwatt.appliance.emptied import EmptiedState, wait_for, watch
from flatwatt.appliance.energy import Meter, MeterState
from flatwatt.appliance.lessons import Lessons, Taught, take_in
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.quarters import OfPlug, QuarterNow
from flatwatt.appliance.slots import run_id, trimmed
from flatwatt.appliance.states import (
    Change,
    Detector,
    DetectorState,
    Finished,
    Resumed,
    Started,
    Supposed,
)
from flatwatt.model import (
    Basis,
    Counter,
    CounterKind,
    Happening,
    Interval,
    Reading,
    Run,
    Slice,
    State,
)

UNKNOWN_COUNTER = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
"""Of a plug in an old record whose family this flatwatt does not know."""


class TrackerState(Struct):
    """What a tracker remembers, for a checkpoint."""

    detector: DetectorState
    meters: dict[str, MeterState] = field(default_factory=dict)
    quarters: dict[str, OfPlug] = field(default_factory=dict)
    slices: dict[int, int] = field(default_factory=dict)
    run_missing_ms: int = 0
    curve: CurveState = field(default_factory=CurveState)
    emptied: EmptiedState = field(default_factory=EmptiedState)
    total_mwh: int = 0
    last: Reading | None = None
    last_run: Run | None = None
    lessons: Lessons = field(default_factory=Lessons)


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
    def probably_finished(self) -> float | None:
        """How probable it is that the run going on is over; None while nobody supposes so."""
        return self._detector.probably_finished

    @property
    def total_mwh(self) -> int:
        """Booked since ever; never decreases."""
        return self._state.total_mwh

    @property
    def last_run(self) -> Run | None:
        """The newest finished run."""
        return self._state.last_run

    def feed(self, reading: Reading) -> tuple[Happening, ...]:
        """Book a reading; return what it shows to have happened."""
        state, detector = self._state, self._detector
        meter = self._meters.get(reading.plug)
        if meter is None:
            meter = self._add_plug(reading)
        quarters = state.quarters[reading.plug]
        interval = meter.feed(reading)
        before_ms = detector.since_ms
        if interval is not None:
            state.total_mwh += interval.energy_mwh
            slices = slots.book(quarters, interval)
            if before_ms is not None:
                self._collect(interval, slices)
        slots.note(quarters, reading)
        changes = detector.feed(reading, state.total_mwh)
        told = tuple(map(self._told, changes)) if changes else ()
        since_ms = detector.since_ms
        if since_ms != before_ms and not self._still(before_ms, changes):
            state.slices, state.run_missing_ms = {}, 0
        if since_ms is not None:
            self._draw(since_ms, reading.at_ms)
        elif state.emptied.end_ms is not None:
            told += self._watch(reading)
        state.last = reading
        return told

    def correct(self, taught: Taught) -> TrackerState:
        """Learn from a person; return what is remembered now, for a tracker that goes on."""
        take_in(taught, self._detector.state, self._state.lessons)
        return self.state

    def run_now(self) -> Run | None:
        """Return the announced run going on, with its energy so far."""
        start_ms = self._detector.run_start_ms
        return None if start_ms is None else self._begun(start_ms)

    def today(self, since_ms: int) -> list[Slice]:
        """Return the quarter-hours since `since_ms`, at most as far back as is kept."""
        return [
            (start_ms, quarter.energy_mwh)
            for _, start_ms, quarter in self.quarters()
            if start_ms >= since_ms
        ]

    def drift_percent(self) -> float | None:
        """Return counter against power integral of the newest plug, in percent."""
        last = self._state.last
        return None if last is None else self._meters[last.plug].drift_percent

    def quarters(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield (plug, start in ms, quarter) of all that is kept in memory."""
        return slots.listed(self._state.quarters)

    def dirty(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield what changed since it was last yielded here."""
        for plug, start_ms, quarter in self.quarters():
            if quarter.dirty:
                quarter.dirty = False
                yield plug, start_ms, quarter

    def forget(self, before_ms: int) -> None:
        """Drop clean quarters that began before `before_ms`, but never a plug's newest."""
        for plug, quarters in self._state.quarters.items():
            self._state.quarters[plug] = slots.kept(quarters, before_ms)

    def _counter(self, plug: str) -> Counter:
        return self._counters.get(plug.partition("-")[0], UNKNOWN_COUNTER)

    def _add_plug(self, reading: Reading) -> Meter:
        meter = self._meters[reading.plug] = Meter(self._counter(reading.plug))
        self._state.quarters[reading.plug] = slots.first_of(reading.at_ms)
        return meter

    def _collect(self, interval: Interval, slices: tuple[Slice, ...]) -> None:
        """Add an interval to the candidate or run."""
        kept = self._state.slices
        for slot_ms, energy_mwh in slices:
            kept[slot_ms] = kept.get(slot_ms, 0) + energy_mwh
        if interval.basis is Basis.MISSING:
            self._state.run_missing_ms += interval.end_ms - interval.start_ms

    def _still(self, before_ms: int | None, changes: tuple[Change, ...]) -> bool:
        """Whether the candidate of before became this run: its energy is kept."""
        return before_ms is not None and any(
            isinstance(change, Started) and change.at_ms == self._detector.since_ms
            for change in changes
        )

    def _draw(self, since_ms: int, at_ms: int) -> None:
        """Let the curve of the candidate or run grow."""
        state = self._state
        if since_ms != state.curve.start_ms:
            state.curve = begun(since_ms, self._detector.start_mwh)
        extend(state.curve, at_ms, state.total_mwh)

    def _watch(self, reading: Reading) -> tuple[Happening, ...]:
        """Watch whether somebody empties the machine."""
        state = self._state
        if reading.power_w is None or state.last_run is None:
            return ()
        at_ms = watch(state.emptied, reading.at_ms, reading.power_w)
        if at_ms is None:
            return ()
        state.last_run = replace(state.last_run, emptied_ms=at_ms)
        return (Happening("emptied", at_ms, state.last_run),)

    def _told(self, change: Change) -> Happening:
        match change:
            case Started():
                return Happening("started", change.at_ms, self._begun(change.at_ms))
            case Supposed():
                start_ms = self._detector.state.start_ms
                energy_mwh = change.end_mwh - self._detector.start_mwh
                run = self._ended(start_ms, change.end_ms, energy_mwh, self._detector.peak_w)
                return Happening(
                    "probably_finished", change.end_ms, run, change.probability, change.count
                )
            case Resumed():
                run = self._begun(self._detector.state.start_ms)
                return Happening("resumed", change.at_ms, run, count=change.count)
            case Finished():
                return self._finish(change)

    def _finish(self, change: Finished) -> Happening:
        run = self._ended(change.start_ms, change.end_ms, change.energy_mwh, change.peak_w)
        self._state.last_run = run
        if self.profile.waits:
            wait_for(self._state.emptied, change.end_ms, change.noticed_ms)
        return Happening("finished", change.end_ms, run, change.probability)

    def _begun(self, start_ms: int) -> Run:
        """Return a run that goes on, with its energy so far."""
        slices = tuple(self._state.slices.items())
        return Run(
            id=run_id(self.appliance, start_ms),
            appliance=self.appliance,
            start_ms=start_ms,
            end_ms=None,
            energy_mwh=sum(mwh for _, mwh in slices),
            peak_w=self._detector.peak_w,
            slices=slices,
            missing_ms=self._state.run_missing_ms,
        )

    def _ended(self, start_ms: int, end_ms: int, energy_mwh: int, peak_w: float) -> Run:
        return Run(
            id=run_id(self.appliance, start_ms),
            appliance=self.appliance,
            start_ms=start_ms,
            end_ms=end_ms,
            energy_mwh=energy_mwh,
            peak_w=peak_w,
            slices=trimmed(self._state.slices, energy_mwh),
            missing_ms=self._state.run_missing_ms,
            curve=cut(self._state.curve, end_ms, energy_mwh),
            total_mwh=self._state.curve.start_mwh,
        )
