"""What is said of a run while it goes on: about once a minute, from its first HIGH on."""

import time

from bench.runs.endings import Told
from flatwatt.appliance.curve import CurveState, begun, cut, extend
from flatwatt.appliance.marks import GAP_MS
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.programs import Programs
from flatwatt.appliance.slots import run_id
from flatwatt.appliance.states import Detector, Finished
from flatwatt.model import Run

EACH_MS = 60_000


class Going:
    """Follows a detector's runs, learns the finished ones, and asks what is expected.

    Attributes:
        told: all that was said.
        programmes: of the finished runs; empty for one not learned.
        seconds: spent in learning and asking.

    Args:
        profile: the appliance's kind.
        finder: its detector, fed before this is.
    """

    def __init__(self, profile: Profile, finder: Detector) -> None:
        self.told: list[Told] = []
        self.programmes: list[str] = []
        self.seconds = 0.0
        self._programs = Programs(profile)
        self._finder = finder
        self._curve = CurveState()
        self._said_ms = self._last_ms = 0
        self._unheard = False

    def finished(self, run: Finished) -> None:
        """Learn a finished run."""
        curve = CurveState() if self._curve.start_ms != run.start_ms else self._curve
        whole = Run(
            run_id("bench", run.start_ms),
            "bench",
            run.start_ms,
            run.end_ms,
            run.energy_mwh,
            run.peak_w,
            curve=cut(curve, run.end_ms, run.energy_mwh),
        )
        holed = self._finder.state.holed or self._unheard or not curve.mwh
        began = time.perf_counter()
        self.programmes.append(self._programs.learn(whole, holed=holed))
        self.seconds += time.perf_counter() - began

    def go(self, at_ms: int, total_mwh: int) -> None:
        """Draw the curve on and say what is expected."""
        start_ms = self._finder.since_ms
        if start_ms is not None:
            if start_ms != self._curve.start_ms:
                self._curve = begun(start_ms, self._finder.start_mwh)
                self._said_ms = start_ms - EACH_MS
                self._unheard = start_ms - self._last_ms > GAP_MS
            extend(self._curve, at_ms, total_mwh)
            if at_ms - self._said_ms >= EACH_MS:
                self._said_ms = at_ms
                self._say(at_ms, start_ms)
        self._last_ms = at_ms

    def _say(self, at_ms: int, start_ms: int) -> None:
        began = time.perf_counter()
        found = self._programs.estimate(at_ms - start_ms, self._curve)
        self.seconds += time.perf_counter() - began
        if found is None:
            return
        after = (found.end_after_ms, found.low_ms, found.high_ms)
        ends = (None if each is None else start_ms + each for each in after)
        self.told.append(Told(at_ms, found.programme, found.confidence, *ends))
