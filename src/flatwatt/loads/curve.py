"""The power of a load at any instant, and the energy to it, exact to the microjoule."""

from bisect import bisect_right
from collections.abc import Sequence

from flatwatt.errors import UsageError
from flatwatt.loads.layers import UJ_PER_WH
from flatwatt.loads.timeline import Span, Timeline, done_ms, energy_uj
from flatwatt.loads.words import Stretch, TrueRun, TrueStage


class Curve:
    """A `Load` laid out by a timeline.

    Between two changes of power a question is one comparison and one product; a change
    is found by looking into the present stretch only.

    Args:
        timeline: its spans.
        origin_ms: where its energy is zero, ms of Unix time.
    """

    def __init__(self, timeline: Timeline, origin_ms: int) -> None:
        self.origin_ms = origin_ms
        self._timeline = timeline
        self._stretches: Sequence[Stretch] = ()
        self._starts: list[int] = []
        self._before: list[int] = []
        self._span_from = self._span_until = 0
        self._from = self._until = 0
        self._mw = self._uj = self._base_uj = 0
        self._base_uj = self.energy_uj(origin_ms)
        self._from = self._until = 0

    def power_w(self, at_ms: int) -> float:
        """See `Load.power_w`."""
        if not self._from <= at_ms < self._until:
            self._seek(at_ms)
        return self._mw / 1000.0

    def energy_wh(self, at_ms: int) -> float:
        """See `Load.energy_wh`."""
        if not self._from <= at_ms < self._until:
            self._seek(at_ms)
        return (self._uj + self._mw * (at_ms - self._from)) / UJ_PER_WH

    def energy_uj(self, at_ms: int) -> int:
        """Return the energy since the origin in microjoules, exactly."""
        if not self._from <= at_ms < self._until:
            self._seek(at_ms)
        return self._uj + self._mw * (at_ms - self._from)

    def runs_between(self, start_ms: int, end_ms: int) -> list[TrueRun]:
        """See `Load.runs_between`."""
        start_ms = max(start_ms, self.origin_ms)
        if end_ms <= start_ms:
            return []
        self._timeline.reach(end_ms)
        index = max(bisect_right(self._timeline.starts, start_ms) - 1, 0)
        runs = []
        while index < len(self._timeline.spans) and self._timeline.starts[index] < end_ms:
            span = self._timeline.spans[index]
            if span.programme:
                runs.append(_told(span, self._timeline.stretches(index)))
            index += 1
        return [run for run in runs if run.start_ms < end_ms and run.tail_end_ms > start_ms]

    def _seek(self, at_ms: int) -> None:
        """Make the piece of constant power around an instant the present one."""
        if not self._span_from <= at_ms < self._span_until:
            self._enter(at_ms)
        index = bisect_right(self._starts, at_ms) - 1
        stretch = self._stretches[index]
        start_ms = self._starts[index]
        power, energy, until = 0, self._before[index], stretch.length_ms
        for layer in stretch.layers:
            layer_mw, layer_uj, layer_until = layer.at(at_ms - start_ms)
            power += layer_mw
            energy += layer_uj
            until = min(until, layer_until)
        self._mw, self._uj = power, energy - self._base_uj
        self._from, self._until = at_ms, start_ms + until

    def _enter(self, at_ms: int) -> None:
        """Make the span around an instant the present one."""
        if at_ms < self.origin_ms:
            raise UsageError(
                f"this load begins at {self.origin_ms} ms; it has no power at {at_ms} ms"
            )
        self._timeline.reach(at_ms)
        index = bisect_right(self._timeline.starts, at_ms) - 1
        span = self._timeline.spans[index]
        self._stretches = self._timeline.stretches(index)
        self._starts, self._before = [], []
        into_ms, before_uj = span.start_ms, span.before_uj
        for stretch in self._stretches:
            self._starts.append(into_ms)
            self._before.append(before_uj)
            into_ms += stretch.length_ms
            before_uj += energy_uj((stretch,))
        self._span_from, self._span_until = max(span.start_ms, self.origin_ms), into_ms


def _told(span: Span, stretches: Sequence[Stretch]) -> TrueRun:
    """Return what is true of a run."""
    stages = _stages(span.start_ms, stretches)
    end_ms = span.start_ms + done_ms(stretches)
    run = [stretch for stretch in stretches if stretch.stage and not stretch.tail]
    return TrueRun(
        programme=span.programme or "",
        start_ms=span.start_ms,
        end_ms=end_ms,
        tail_end_ms=max(end_ms, stages[-1].end_ms),
        energy_wh=energy_uj(run) / UJ_PER_WH,
        stages=stages,
    )


def _stages(start_ms: int, stretches: Sequence[Stretch]) -> tuple[TrueStage, ...]:
    """Return the named stages of a run, neighbours of one name made one."""
    stages: list[TrueStage] = []
    for stretch in stretches:
        end_ms = start_ms + stretch.length_ms
        if stages and stages[-1].name == stretch.stage and stages[-1].end_ms == start_ms:
            stages[-1] = stages[-1]._replace(end_ms=end_ms)
        elif stretch.stage:
            stages.append(TrueStage(stretch.stage, start_ms, end_ms))
        start_ms = end_ms
    return tuple(stages)
