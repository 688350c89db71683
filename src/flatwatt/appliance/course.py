"""What goes on within a run: how its energy rises, its stages, its programme, when it will end."""

from msgspec import Struct, field
from msgspec.structs import replace

from flatwatt.appliance.curve import CurveState, begun, cut, extend
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.programs import Estimate, Programs, ProgramsState
from flatwatt.appliance.stages import AfterStage, AfterState, Mark, Stager, StagerState, stages_of
from flatwatt.model import Reading, Run


class CourseState(Struct):
    """What a course remembers.

    Attributes:
        curve, stager: of the candidate or run.
        after: what the appliance does after its runs.
        programs: learned from the runs so far.
        told: the stage that was told last in this run, and how many were before it.
    """

    curve: CurveState = field(default_factory=CurveState)
    stager: StagerState = field(default_factory=StagerState)
    after: AfterState = field(default_factory=AfterState)
    programs: ProgramsState = field(default_factory=ProgramsState)
    told: tuple[str, int] = ("", 0)


class Course:
    """Follows the runs of one appliance from within.

    Args:
        profile: its kind.
        state: from a checkpoint.
    """

    def __init__(self, profile: Profile, state: CourseState | None = None) -> None:
        self._state = state or CourseState()
        self._stager = Stager(profile.kind, self._state.stager)
        self._after = AfterStage(profile.kind, self._state.after)
        self._after_now = ""
        self.programs = Programs(profile, self._state.programs)

    @property
    def state(self) -> CourseState:
        """What to keep in a checkpoint; valid until the next reading."""
        self._state.stager, self._state.after = self._stager.state, self._after.state
        self._state.programs = self.programs.state
        return self._state

    @property
    def stage(self) -> str:
        """The stage of the run going on; "" while not known."""
        return self._stager.now

    @property
    def after(self) -> str:
        """What is still done after a run: `anti_crease`, `cooling`, or ""."""
        return self._after_now

    def change(self, profile: Profile) -> None:
        """Go on as another kind; what is known of its programmes stays."""
        state = self.state
        self._stager = Stager(profile.kind, state.stager)
        self._after = AfterStage(profile.kind, state.after)
        self.programs = Programs(profile, state.programs)

    def follow(self, since_ms: int, since_mwh: int, reading: Reading, total_mwh: int) -> None:
        """Take a reading of the candidate or run in.

        Args:
            since_ms: its start.
            since_mwh: the booked total then.
            reading: with or without power.
            total_mwh: the booked total now.
        """
        state, at_ms, power_w = self._state, reading.at_ms, reading.power_w
        if since_ms != state.curve.start_ms or since_mwh != state.curve.start_mwh:
            state.curve = begun(since_ms, since_mwh)
            state.told = ("", 0)
            self._after_now = ""
            self._stager.begin(at_ms, power_w or 0.0, total_mwh)
        elif power_w is not None:
            self._stager.feed(at_ms, power_w, total_mwh)
        extend(state.curve, at_ms, total_mwh)

    def news(self) -> tuple[Mark, int] | None:
        """Return a stage that began and was not told yet, with its number in the run."""
        mark = self._stager.current()
        told, count = self._state.told
        if mark is None or mark.name == told:
            return None
        self._state.told = (mark.name, count + 1)
        return mark, count

    def rest(self, reading: Reading) -> None:
        """Take a reading in no run in."""
        if reading.power_w is not None:
            self._after_now = self._after.feed(reading.at_ms, reading.power_w)

    def shift(self, by_ms: int) -> None:
        """Take a step of the collector's clock out."""
        self._stager.shift(by_ms)
        self._state.curve.last_ms += by_ms
        if self._after.state.since_ms is not None:
            self._after.state.since_ms += by_ms
        if self._after.state.did_ms is not None:
            self._after.state.did_ms += by_ms

    def finished(self, run: Run, start_mwh: int) -> Run:
        """Return a run with its curve and stages.

        Args:
            run: with start, end, energy and slices.
            start_mwh: the booked total at its start.
        """
        end_ms = run.start_ms if run.end_ms is None else run.end_ms
        end_mwh = start_mwh + run.energy_mwh
        marks = self._stager.marks(run.start_ms, start_mwh, end_ms, end_mwh)
        return replace(
            run,
            curve=cut(self._state.curve, end_ms, run.energy_mwh),
            stages=stages_of(marks, end_ms, end_mwh, run.slices) if marks else (),
        )

    def over(self, run: Run, noticed_ms: int, *, holed: bool) -> Run:
        """Learn from a run that is certainly over; return it with its programme."""
        self._after.begin(noticed_ms, self._stager.drum_w)
        self._after_now = ""
        return replace(run, programme=self.programs.learn(run, holed=holed))

    def estimate(self, at_ms: int) -> Estimate | None:
        """Return what is expected of the run going on; None when nothing can be known."""
        curve = self._state.curve
        return self.programs.estimate(at_ms - curve.start_ms, curve)
