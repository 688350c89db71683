"""One appliance: its plugs' meters, its detector, its quarter-hours and its run.

The energy of a run is collected quarter-hour by quarter-hour from the moment its
detector sees a candidate, so that a back-dated start and end, and any tariff, find
their milliwatt-hours exactly.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from flatwatt.appliance.booking import Booking
from flatwatt.appliance.course import Course
from flatwatt.appliance.emptied import wait_for, watch
from flatwatt.appliance.eta import Estimate
from flatwatt.appliance.guessing import Guessing, taken_over
from flatwatt.appliance.happenings import Happening
from flatwatt.appliance.lessons import Taught, take_in, teach_programmes
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.programs import ProgramsState
from flatwatt.appliance.quarters import QuarterNow, kept
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
from flatwatt.appliance.whole import TrackerState
from flatwatt.model import Counter, Flag, Reading, Run, Slice, State

__all__ = ["Tracker", "TrackerState"]
_CLOCK = int(Flag.CLOCK)


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
        self._state = state or TrackerState(DetectorState())
        self._booking = Booking(counters, self._state)
        self._guessing = Guessing(profile, self._state.guessing)
        self.profile = self._guessing.profile
        self._detector = Detector(appliance, self.profile, self._state.detector)
        self._course = Course(self.profile, self._state.course)

    @property
    def state(self) -> TrackerState:
        """What to keep in a checkpoint; valid until the next `feed`."""
        self._state.detector, self._state.course = self._detector.state, self._course.state
        self._booking.keep()
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
        """How probably the run going on is over; None while nobody supposes so."""
        return self._detector.probably_finished

    @property
    def guessed(self) -> str:
        """The kind it is taken for and nobody has confirmed; "" for none."""
        return self._state.guessing.kind

    @property
    def shared_w(self) -> float | None:
        """What another load on the same plug draws; None while none is known."""
        return self._detector.state.shared_w or None

    @property
    def stage(self) -> str:
        """The stage of the run going on, or what is still done after one; "" if none is known."""
        return self._course.after if self._detector.since_ms is None else self._course.stage

    @property
    def estimate(self) -> Estimate | None:
        """What is expected of the run going on; None when nothing can be known."""
        last, running = self._state.last, self._detector.run_start_ms is not None
        return self._course.estimate(last.at_ms) if last is not None and running else None

    @property
    def programmes(self) -> ProgramsState:
        """What is known of its programmes."""
        return self._course.programs.state

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
        state, before_ms = self._state, self._detector.since_ms
        self._booking.feed(reading, in_run=before_ms is not None)
        if reading.flags & _CLOCK and state.last is not None:
            self._course.shift(reading.at_ms - state.last.at_ms)
        guessed = self._look(reading) if self._guessing.open else ()
        changes = self._detector.feed(reading, state.total_mwh)
        told = guessed + tuple(each for change in changes for each in self._told(change))
        since_ms = self._detector.since_ms
        if since_ms != before_ms and not self._still(before_ms, changes):
            state.slices, state.run_missing_ms = {}, 0
        told += self._rest(reading) if since_ms is None else self._follow(since_ms, reading)
        state.last = reading
        return told

    def correct(self, taught: Taught) -> TrackerState:
        """Learn from a person; return what is remembered now, for a tracker that goes on."""
        take_in(taught, self._detector.state, self._state.lessons)
        teach_programmes(taught, self._course.programs, self._state.lessons)
        return self.state

    def run_now(self) -> Run | None:
        """Return the announced run going on, with its energy, curve and stages so far."""
        start_ms, last = self._detector.run_start_ms, self._state.last
        if start_ms is None or last is None:
            return None
        run = replace(self._begun(start_ms), end_ms=last.at_ms)
        return replace(self._course.finished(run, self._detector.start_mwh), end_ms=None)

    def today(self, since_ms: int) -> list[Slice]:
        """Return the quarter-hours since `since_ms`, at most as far back as is kept."""
        return [
            (start_ms, quarter.energy_mwh)
            for _, start_ms, quarter in self.quarters()
            if start_ms >= since_ms
        ]

    def drift_percent(self) -> float | None:
        """Return counter against power integral of the newest plug, in percent."""
        return self._booking.drift_percent()

    def quarters(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield (plug, start in ms, quarter) of all that is kept in memory."""
        return self._booking.quarters()

    def dirty(self) -> Iterator[tuple[str, int, QuarterNow]]:
        """Yield what changed since it was last yielded here."""
        for plug, start_ms, quarter in self.quarters():
            if quarter.dirty:
                quarter.dirty = False
                yield plug, start_ms, quarter

    def forget(self, before_ms: int) -> None:
        """Drop clean quarters that began before `before_ms`, but never a plug's newest."""
        for plug, quarters in self._state.quarters.items():
            self._state.quarters[plug] = kept(quarters, before_ms)

    def _still(self, before_ms: int | None, changes: tuple[Change, ...]) -> bool:
        """Whether the candidate of before became this run: its energy is kept."""
        begun = {change.at_ms for change in changes if isinstance(change, Started)}
        return before_ms is not None and self._detector.since_ms in begun

    def _follow(self, since_ms: int, reading: Reading) -> tuple[Happening, ...]:
        """Follow the candidate or run from within."""
        course, total_mwh = self._course, self._state.total_mwh
        course.follow(since_ms, self._detector.start_mwh, reading, total_mwh)
        run_start_ms = self._detector.run_start_ms
        supposed = self._detector.probably_finished is not None  # what comes then is no stage
        news = None if run_start_ms is None or supposed else course.news()
        if news is None or run_start_ms is None:
            return ()
        mark, count = news
        run = self._begun(run_start_ms)
        return (Happening("stage_changed", mark.at_ms, run, count=count, what=mark.name),)

    def _rest(self, reading: Reading) -> tuple[Happening, ...]:
        """Follow what is neither run nor candidate."""
        self._course.rest(reading)
        return () if self._state.emptied.end_ms is None else self._watch(reading)

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

    def _told(self, change: Change) -> tuple[Happening, ...]:
        match change:
            case Started():
                return (Happening("started", change.at_ms, self._begun(change.at_ms)),)
            case Supposed():
                return (self._suppose(change),)
            case Resumed():
                run = self._begun(self._detector.state.start_ms)
                return (Happening("resumed", change.at_ms, run, count=change.count),)
            case Finished():
                return self._finish(change)

    def _suppose(self, change: Supposed) -> Happening:
        span_ms = (self._detector.state.start_ms, change.end_ms)
        start_mwh = self._detector.start_mwh
        energy_mwh = change.end_mwh - start_mwh
        run = self._ended(span_ms, start_mwh, energy_mwh, self._detector.peak_w)
        kind = "probably_finished"
        return Happening(kind, change.end_ms, run, change.probability, change.count)

    def _finish(self, change: Finished) -> tuple[Happening, ...]:
        span_ms = (change.start_ms, change.end_ms)
        run = self._ended(span_ms, change.start_mwh, change.energy_mwh, change.peak_w)
        run = self._course.over(run, change.noticed_ms, holed=change.holed)
        self._state.last_run = run
        if self.profile.waits:
            wait_for(self._state.emptied, change.end_ms, change.noticed_ms)
        told = Happening("finished", change.end_ms, run, change.probability)
        if self._guessing.open and self._guessing.run(run, holed=change.holed):
            return (told, self._become(run, change.noticed_ms))
        return (told,)

    def _look(self, reading: Reading) -> tuple[Happening, ...]:
        """Let quarter-hours tell whether it has no runs; one going on is taken back."""
        whole = self._booking.over(reading)
        run = (self.run_now() or self._state.last_run) if whole else None
        if not whole or not self._guessing.quarters(whole):
            return ()
        if run is not None:
            return (self._become(run, reading.at_ms),)
        self._be()
        return ()

    def _become(self, run: Run, at_ms: int) -> Happening:
        """Go on as another kind."""
        self._be()
        kind, probability = self._guessing.state.kind, self._guessing.probability
        return Happening("kind_guessed", at_ms, run, probability, what=kind)

    def _be(self) -> None:
        self.profile = self._guessing.profile
        over = taken_over(self._detector.state, self.profile)
        self._detector = Detector(self.appliance, self.profile, over)
        self._course.change(self.profile)

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

    def _ended(
        self, span_ms: tuple[int, int], start_mwh: int, energy_mwh: int, peak_w: float
    ) -> Run:
        """Return a run that is over."""
        start_ms, end_ms = span_ms
        run = Run(
            id=run_id(self.appliance, start_ms),
            appliance=self.appliance,
            start_ms=start_ms,
            end_ms=end_ms,
            energy_mwh=energy_mwh,
            peak_w=peak_w,
            slices=trimmed(self._state.slices, energy_mwh),
            missing_ms=self._state.run_missing_ms,
            total_mwh=start_mwh,
        )
        return self._course.finished(run, start_mwh)
