"""The programmes of one appliance, learned from its own runs, and what a run is about to be.

Nobody names or chooses anything: every finished run is put to the runs it is like
(`clusters`), and those get an id, p1, p2 …, that they keep for good. A person may name a
programme, move a run, take one out, make two programmes one.

A run going on is compared with every kept run, minute by minute (`follow`); that tells what it
may be (`beliefs`) and when it will be over (`eta`). When a programme never seen explains it
best, the programme is unknown and no end is told.

A run with a hole in it, one cut by the end of the recording or by a person, two in a row: none
of them is learned, so none is believed in later. Prints do not repeat, and power does not know
how long one is: printers get no estimate.
"""

from collections import defaultdict

from flatwatt.appliance.beliefs import Watch
from flatwatt.appliance.clusters import KeptRun, cut_short, distance, like, two_in_a_row
from flatwatt.appliance.curve import CurveState
from flatwatt.appliance.eta import Estimate, stretch, trusted
from flatwatt.appliance.follow import STEP_MS, levels
from flatwatt.appliance.memory import ASIDE, ProgramsState, added, left, measure, runs_of, trim
from flatwatt.appliance.profiles import Profile
from flatwatt.model import Run

__all__ = ["Estimate", "Programs", "ProgramsState"]
UNKNOWN = 0.5
TENTHS = range(1, 10)
"""Where in a finished run its estimates are checked."""
LEAST_POINTS = 4
LONGEST_MS = 86_400_000
"""Nothing that repeats takes longer than a day."""
UNREPEATED = "printer_3d"


class Programs:
    """Learns programmes and tells how long a run will take.

    Args:
        profile: the appliance's kind.
        state: from a checkpoint.
    """

    def __init__(self, profile: Profile, state: ProgramsState | None = None) -> None:
        self.state = state or ProgramsState()
        self._profile = profile
        self._watch: Watch | None = None

    def estimate(self, elapsed_ms: int, curve: CurveState) -> Estimate | None:
        """Return what is expected of the run going on; None when nothing can be known.

        Args:
            elapsed_ms: since its start.
            curve: of it, so far.
        """
        if not self.state.runs or self._profile.kind == UNREPEATED:
            return None
        seen = levels(curve.step_ms, curve.mwh)
        watch = self._watched()
        if watch.is_beyond(seen):
            return Estimate("", 1.0)
        belief = watch.belief(seen, elapsed_ms)
        if belief.new > UNKNOWN:
            return Estimate("", round(belief.new, 3))
        raw = belief.span
        scores = [score for each in self.state.scores.values() for score in each]
        factor = stretch(raw.bucket(elapsed_ms), scores)
        return Estimate(
            belief.programme,
            round(trusted(belief.programmes[belief.programme], scores), 3),
            round(elapsed_ms + raw.left_ms),
            round(elapsed_ms + max(0.0, raw.left_ms - factor * raw.down_ms)),
            round(elapsed_ms + raw.left_ms + factor * raw.up_ms),
        )

    def learn(self, run: Run, *, holed: bool) -> str:
        """Take a finished run in.

        Args:
            run: with its curve.
            holed: not heard from its start to its end, so not to be learned from.

        Returns:
            Its programme's id; empty when it was not learned.
        """
        state = self.state
        for each in (*state.runs, *state.aside):
            if each.id == run.id:
                return each.programme
        kept = _kept(run)
        if holed or kept is None:
            return ""
        if self._doubtful(kept):
            state.aside = [*state.aside, kept][-ASIDE:]
            return ""
        self._check(kept)
        for each in [each for each in state.aside if like(each, kept)]:
            state.aside.remove(each)
            self._keep(each)
        return self._keep(kept)

    def forget(self, run_id: str) -> None:
        """Unlearn a run a person discarded or corrected."""
        state = self.state
        state.aside = [each for each in state.aside if each.id != run_id]
        state.scores.pop(run_id, None)
        for run in [each for each in state.runs if each.id == run_id]:
            state.runs.remove(run)
            left(state, run.programme)
        self._watch = None

    def assign(self, run_id: str, programme_id: str = "") -> str:
        """Move a run to a programme, or to a new one of its own.

        Returns:
            The programme's id; empty when run or programme are not known.
        """
        state = self.state
        run = next((each for each in state.runs if each.id == run_id), None)
        if run is None or (programme_id and programme_id not in state.programmes):
            return ""
        before = run.programme
        run.programme = programme_id or added(state)
        state.programmes[run.programme].count += 1
        measure(state, run.programme)
        left(state, before)
        return run.programme

    def merge(self, programme_id: str, into_id: str) -> bool:
        """Make two programmes one, under the second id; False when one is not known."""
        known = self.state.programmes
        if programme_id == into_id or not {programme_id, into_id} <= known.keys():
            return False
        for run in runs_of(self.state, programme_id):
            run.programme = into_id
        gone = known.pop(programme_id)
        known[into_id].count += gone.count
        known[into_id].name = known[into_id].name or gone.name
        measure(self.state, into_id)
        return True

    def rename(self, programme_id: str, name: str) -> bool:
        """Call a programme what a person calls it; False when it is not known."""
        programme = self.state.programmes.get(programme_id)
        if programme is None:
            return False
        programme.name = name
        return True

    def _doubtful(self, run: KeptRun) -> bool:
        """Whether it looks like no run of a programme, and no second one like it says so."""
        known = self.state.runs
        if any(like(run, each) for each in self.state.aside) or self._nearest(run):
            return False
        if not self._profile.repeats:
            return self._profile.kind == UNREPEATED  # a print is one of its kind until it is not
        return cut_short(run, known) or two_in_a_row(run, known)

    def _nearest(self, run: KeptRun) -> str:
        """Return the programme it is one of, or nothing."""
        groups: defaultdict[str, list[KeptRun]] = defaultdict(list)
        for each in self.state.runs:
            groups[each.programme].append(each)
        found = [(distance(run, runs), name) for name, runs in groups.items()]
        least, name = min(found, default=(1.0, ""))
        return name if least < 1 else ""

    def _keep(self, run: KeptRun) -> str:
        state = self.state
        run.programme = self._nearest(run) or added(state)
        state.learned += 1
        run.number = state.learned
        state.runs.append(run)
        state.programmes[run.programme].count += 1
        measure(state, run.programme)
        trim(state)
        self._watch = None
        return run.programme

    def _watched(self) -> Watch:
        if self._watch is None:
            self._watch = Watch(self._profile.kind, self.state.runs)
        return self._watch

    def _check(self, run: KeptRun) -> None:
        """Note how good the estimates of a run now over would have been."""
        state = self.state
        if not state.runs:
            return
        seen = levels(run.curve.step_ms, run.curve.mwh[:-1])
        programme = self._nearest(run)
        scores = []
        for tenth in TENTHS:
            elapsed_ms = run.duration_ms * tenth // 10
            upto = seen[: elapsed_ms // STEP_MS]
            if self._watched().is_beyond(upto):
                break
            belief = self._watched().belief(upto, elapsed_ms)
            if belief.new <= UNKNOWN:
                share, right = belief.programmes[belief.programme], belief.programme == programme
                left_ms = run.duration_ms - elapsed_ms
                scores.append(belief.span.score(elapsed_ms, left_ms, share, right=right))
        state.scores[run.id] = scores


def _kept(run: Run) -> KeptRun | None:
    """Return what is remembered of a run; None when it says nothing."""
    if run.end_ms is None or len(run.curve.mwh) < LEAST_POINTS or run.energy_mwh <= 0:
        return None
    duration_ms = run.end_ms - run.start_ms
    if duration_ms > LONGEST_MS:
        return None
    return KeptRun(run.id, run.start_ms, duration_ms, run.energy_mwh, run.curve)
