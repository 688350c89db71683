"""Runs made of a few powers, and a machine that has run some of them."""

from flatwatt.appliance.curve import CurveState, begun, cut, extend
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.programs import Estimate, Programs
from flatwatt.model import Run

T0 = 1_790_000_000_000
DAY_MS = 86_400_000
MINUTE_MS = 60_000
Powers = list[tuple[float, int]]
"""Watts, for so many minutes."""
COTTON: Powers = [(150, 5), (2000, 20), (120, 60), (400, 10)]
EASY: Powers = [(150, 5), (2000, 8), (120, 30), (300, 5)]
HOT: Powers = [(150, 5), (2000, 45), (120, 60), (400, 10)]


def minutes(powers: Powers) -> int:
    return sum(length for _, length in powers)


def begin(powers: Powers, upto_min: float, start_ms: int = T0) -> CurveState:
    """Return the curve of a run that is `upto_min` minutes old, read every 10 s."""
    curve, total_mwh, at_ms = begun(start_ms, 0), 0.0, start_ms
    each_ms = 10_000
    for power_w, length in powers:
        for _ in range(length * MINUTE_MS // each_ms):
            if at_ms >= start_ms + upto_min * MINUTE_MS:
                return curve
            at_ms += each_ms
            total_mwh += power_w * each_ms / 3600
            extend(curve, at_ms, round(total_mwh))
    return curve


def run(powers: Powers, start_ms: int = T0) -> Run:
    """Return a finished run."""
    curve = begin(powers, minutes(powers), start_ms)
    end_ms, energy_mwh = curve.last_ms, curve.last_mwh
    whole = cut(curve, end_ms, energy_mwh)
    return Run(f"it-{start_ms}", "it", start_ms, end_ms, energy_mwh, 2000.0, curve=whole)


class Machine:
    """An appliance that runs once a day."""

    def __init__(self, kind: str = "washing_machine") -> None:
        self.programs = Programs(PROFILES[kind])
        self.days = 0

    def did(self, *runs: Powers, holed: bool = False) -> list[str]:
        """Run, and learn; return the programmes."""
        found = []
        for powers in runs:
            self.days += 1
            whole = run(powers, T0 + self.days * DAY_MS)
            found.append(self.programs.learn(whole, holed=holed))
        return found

    def expects(self, powers: Powers, upto_min: float) -> Estimate | None:
        """Return what it expects of a run that is so old."""
        start_ms = T0 + (self.days + 1) * DAY_MS
        curve = begin(powers, upto_min, start_ms)
        return self.programs.estimate(round(upto_min * MINUTE_MS), curve)


def width_ms(estimate: Estimate | None) -> int:
    """Return the width of an interval that is there."""
    assert estimate is not None
    assert estimate.low_ms is not None
    assert estimate.high_ms is not None
    return estimate.high_ms - estimate.low_ms
