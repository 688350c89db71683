"""Runs joined and cut: every milliwatt-hour of the whole is in exactly one of its parts."""

from collections.abc import Sequence

from msgspec.structs import replace

from flatwatt.appliance.curve import POINTS, STEP_MS, at
from flatwatt.appliance.slots import run_id, split
from flatwatt.model import QUARTER_MS, Basis, Curve, Interval, Run, Slice, Stage


def joined(first: Run, second: Run, missing_ms: int = 0) -> Run:
    """Return the run that two finished runs were.

    It draws all that was booked from the first one's start to the second one's end. What
    lies between belongs to the stage it interrupts, and is spread evenly over that time.

    Args:
        first: begins earlier.
        second: of the same appliance.
        missing_ms: time between the two in which nothing could be measured.
    """
    first_end_ms, end_ms = _end(first), _end(second)
    energy_mwh = max(
        first.energy_mwh + second.energy_mwh,
        second.total_mwh + second.energy_mwh - first.total_mwh,
    )
    between_mwh = energy_mwh - first.energy_mwh - second.energy_mwh
    pause = split(Interval(first_end_ms, second.start_ms, between_mwh, Basis.COUNTED))
    return replace(
        first,
        end_ms=end_ms,
        energy_mwh=energy_mwh,
        peak_w=max(first.peak_w, second.peak_w),
        slices=summed(first.slices, pause, second.slices),
        missing_ms=first.missing_ms + missing_ms + second.missing_ms,
        stages=_stages_joined(first, second, between_mwh, pause),
        curve=_curve_joined(first, second, energy_mwh),
        programme=first.programme if first.programme == second.programme else "",
        emptied_ms=second.emptied_ms,
    )


def summed(*parts: Sequence[Slice]) -> tuple[Slice, ...]:
    """Return the quarter-hours of several parts as one, those without energy left out."""
    total: dict[int, int] = {}
    for part in parts:
        for slot_ms, mwh in part:
            total[slot_ms] = total.get(slot_ms, 0) + mwh
    return tuple((slot_ms, mwh) for slot_ms, mwh in sorted(total.items()) if mwh)


def _stages_joined(
    first: Run, second: Run, between_mwh: int, pause: Sequence[Slice]
) -> tuple[Stage, ...]:
    if not first.stages or not second.stages:
        return ()
    last = first.stages[-1]
    paused = replace(
        last,
        end_ms=second.start_ms,
        energy_mwh=last.energy_mwh + between_mwh,
        slices=summed(last.slices, pause),
    )
    return (*first.stages[:-1], paused, *second.stages)


def _curve_joined(first: Run, second: Run, energy_mwh: int) -> Curve:
    step_ms = max(first.curve.step_ms, second.curve.step_ms) or STEP_MS
    duration_ms = _end(second) - first.start_ms
    while duration_ms // step_ms >= POINTS:
        step_ms *= 2
    first_ms, second_ms = _end(first) - first.start_ms, second.start_ms - first.start_ms
    second_mwh = energy_mwh - second.energy_mwh

    def energy_after(after_ms: int) -> int:
        if after_ms <= first_ms:
            return int(at(first.curve, first_ms, after_ms))
        if after_ms >= second_ms:
            since = at(second.curve, duration_ms - second_ms, after_ms - second_ms)
            return second_mwh + int(since)
        rise_mwh = second_mwh - first.energy_mwh
        return first.energy_mwh + rise_mwh * (after_ms - first_ms) // (second_ms - first_ms)

    points = [energy_after(after_ms) for after_ms in range(0, duration_ms, step_ms)]
    return Curve(step_ms, (*points, energy_mwh))


def parted(
    run: Run, at_ms: int, peaks_w: tuple[float, float] | None, missing_ms: int
) -> tuple[Run, Run]:
    """Return the two runs that one was.

    Args:
        run: finished.
        at_ms: within it; the first ends and the second starts there.
        peaks_w: highest reading before and after; None gives both that of the whole.
        missing_ms: time before `at_ms` in which nothing could be measured.
    """
    end_ms = _end(run)
    energy_mwh = _drawn_until(run, at_ms)
    peak_w, later_peak_w = peaks_w or (run.peak_w, run.peak_w)
    slices, later_slices = _slices_cut(run.slices, at_ms, energy_mwh)
    stages, later_stages = _stages_cut(run, at_ms, energy_mwh)
    curve, later_curve = _curve_cut(run, at_ms, energy_mwh)
    missing_ms = max(0, min(missing_ms, run.missing_ms, at_ms - run.start_ms))
    first = replace(
        run,
        end_ms=at_ms,
        energy_mwh=energy_mwh,
        peak_w=peak_w,
        slices=slices,
        missing_ms=missing_ms,
        stages=stages,
        curve=curve,
        programme="",
        emptied_ms=None,
    )
    second = Run(
        id=run_id(run.appliance, at_ms),
        appliance=run.appliance,
        start_ms=at_ms,
        end_ms=end_ms,
        energy_mwh=run.energy_mwh - energy_mwh,
        peak_w=later_peak_w,
        slices=later_slices,
        missing_ms=run.missing_ms - missing_ms,
        stages=later_stages,
        curve=later_curve,
        emptied_ms=run.emptied_ms,
        total_mwh=run.total_mwh + energy_mwh,
    )
    return first, second


def _end(run: Run) -> int:
    return run.start_ms if run.end_ms is None else run.end_ms


def _drawn_until(run: Run, at_ms: int) -> int:
    """Return the energy drawn until an instant, in keeping with quarter-hours and stages."""
    least = sum(mwh for slot_ms, mwh in run.slices if _slot_end(slot_ms) <= at_ms)
    most = sum(mwh for slot_ms, mwh in run.slices if slot_ms < at_ms)
    ended = sum(stage.energy_mwh for stage in run.stages if stage.end_ms <= at_ms)
    begun = sum(stage.energy_mwh for stage in run.stages if stage.start_ms < at_ms)
    drawn = int(at(run.curve, _end(run) - run.start_ms, at_ms - run.start_ms))
    if run.stages:
        drawn = max(ended, min(begun, drawn))
    return max(least, min(most, drawn)) if run.slices else drawn


def _slot_end(slot_ms: int) -> int:
    return slot_ms + QUARTER_MS


def _slices_cut(
    slices: Sequence[Slice], at_ms: int, energy_mwh: int
) -> tuple[tuple[Slice, ...], tuple[Slice, ...]]:
    """Cut quarter-hours so that the first part has `energy_mwh`, if they allow it."""
    first, second = [], []
    left_mwh = energy_mwh
    for slot_ms, mwh in slices:
        own_mwh = 0 if slot_ms >= at_ms else mwh
        if slot_ms < at_ms < _slot_end(slot_ms):
            own_mwh = max(0, min(mwh, left_mwh))
        left_mwh -= own_mwh
        first.append((slot_ms, own_mwh))
        second.append((slot_ms, mwh - own_mwh))
    return summed(first), summed(second)


def _stages_cut(
    run: Run, at_ms: int, energy_mwh: int
) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    before = [stage for stage in run.stages if stage.end_ms <= at_ms]
    after = [stage for stage in run.stages if stage.start_ms >= at_ms]
    left_mwh = energy_mwh - sum(stage.energy_mwh for stage in before)
    for stage in run.stages:
        if stage.start_ms < at_ms < stage.end_ms:
            own, later = _slices_cut(stage.slices, at_ms, left_mwh)
            before.append(replace(stage, end_ms=at_ms, energy_mwh=left_mwh, slices=own))
            rest_mwh = stage.energy_mwh - left_mwh
            after.insert(0, replace(stage, start_ms=at_ms, energy_mwh=rest_mwh, slices=later))
            left_mwh = 0
    fits = not left_mwh and all(_adds_up(stage) for stage in (*before, *after))
    return (tuple(before), tuple(after)) if fits else ((), ())


def _adds_up(stage: Stage) -> bool:
    """Whether a stage can be priced: its quarter-hours hold its energy."""
    return stage.energy_mwh >= 0 and sum(mwh for _, mwh in stage.slices) == stage.energy_mwh


def _curve_cut(run: Run, at_ms: int, energy_mwh: int) -> tuple[Curve, Curve]:
    step_ms = run.curve.step_ms
    if not step_ms:
        return run.curve, run.curve
    first_ms, duration_ms = at_ms - run.start_ms, _end(run) - run.start_ms
    rest_mwh = run.energy_mwh - energy_mwh
    whole = max(0, -(-first_ms // step_ms) - 1)
    first = [min(mwh, energy_mwh) for mwh in run.curve.mwh[: whole + 1]]
    second = [
        max(0, min(rest_mwh, int(at(run.curve, duration_ms, after_ms)) - energy_mwh))
        for after_ms in range(first_ms, duration_ms, step_ms)
    ]
    return Curve(step_ms, (*first, energy_mwh)), Curve(step_ms, (*second, rest_mwh))
