"""How the energy of a run rises: points at equal steps, few enough to be kept for good.

A long run has its step doubled, so a print of two days needs no more room than a wash.
"""

from msgspec import Struct, field

from flatwatt.model import Curve

STEP_MS = 30_000
POINTS = 512


class CurveState(Struct):
    """A curve that still grows.

    Attributes:
        start_ms, start_mwh: of the candidate or run, and the booked total then.
        step_ms: between two points.
        mwh: energy since the start, at the start and after every whole step.
        last_ms, last_mwh: newest reading, and the booked total then.
    """

    start_ms: int = 0
    start_mwh: int = 0
    step_ms: int = STEP_MS
    mwh: list[int] = field(default_factory=list)
    last_ms: int = 0
    last_mwh: int = 0


def begun(at_ms: int, total_mwh: int) -> CurveState:
    """Return the curve of a run that begins now."""
    return CurveState(at_ms, total_mwh, STEP_MS, [0], at_ms, total_mwh)


def extend(state: CurveState, at_ms: int, total_mwh: int) -> None:
    """Take a reading's total in; between two readings energy rises in a straight line."""
    span_ms = at_ms - state.last_ms
    if span_ms <= 0:
        return
    next_ms = state.start_ms + len(state.mwh) * state.step_ms
    rise = total_mwh - state.last_mwh
    while next_ms <= at_ms:
        since = state.last_mwh + rise * (next_ms - state.last_ms) // span_ms
        state.mwh.append(since - state.start_mwh)
        if len(state.mwh) > POINTS:
            state.mwh = state.mwh[::2]
            state.step_ms *= 2
        next_ms = state.start_ms + len(state.mwh) * state.step_ms
    state.last_ms, state.last_mwh = at_ms, total_mwh


def cut(state: CurveState, end_ms: int, energy_mwh: int) -> Curve:
    """Return the finished curve of a run that ended at `end_ms` with `energy_mwh`."""
    whole = max(0, -(-(end_ms - state.start_ms) // state.step_ms) - 1)
    points = [min(mwh, energy_mwh) for mwh in state.mwh[: whole + 1]]
    return Curve(state.step_ms, (*points, energy_mwh))


def at(curve: Curve, duration_ms: int, after_ms: float) -> float:
    """Return the energy in mWh that a run had drawn `after_ms` after its start.

    Args:
        curve: of the run.
        duration_ms: of the run; the last point lies there.
        after_ms: clamped to the run.
    """
    points = curve.mwh
    if not points or after_ms <= 0:
        return 0.0
    if after_ms >= duration_ms or len(points) == 1:
        return float(points[-1])
    index = min(int(after_ms // curve.step_ms), len(points) - 2)
    from_ms = index * curve.step_ms
    until_ms = duration_ms if index == len(points) - 2 else from_ms + curve.step_ms
    share = (after_ms - from_ms) / max(1, until_ms - from_ms)
    return points[index] + (points[index + 1] - points[index]) * min(1.0, share)
