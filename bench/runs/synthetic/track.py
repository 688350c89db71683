"""What an appliance truly drew and did, second by second."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flatwatt.loads.layers import Layer
from flatwatt.loads.words import Stretch

BLOCK_S = 600
"""Rest is thrown for ten minutes and then repeats itself."""


@dataclass(frozen=True)
class TrueRun:
    """A run; seconds from the track's start. `flag` is a label's."""

    start_s: int
    end_s: int
    programme: str
    flag: str = "ok"
    tail_end_s: int | None = None


@dataclass(frozen=True)
class TrueStage:
    name: str
    start_s: int
    end_s: int


@dataclass
class Track:
    """Power at every second, and the truth about it."""

    powers_w: "array[float]" = field(default_factory=lambda: array("f"))
    runs: list[TrueRun] = field(default_factory=list)
    stages: list[TrueStage] = field(default_factory=list)

    @property
    def now_s(self) -> int:
        return len(self.powers_w)

    def draw(self, stage: str, powers_w: Iterable[float]) -> None:
        """Go on with these powers, one a second; an empty stage is none."""
        start_s = self.now_s
        self.powers_w.extend(powers_w)
        last = self.stages[-1] if self.stages else None
        if not stage or self.now_s == start_s:
            return
        if last is not None and (last.name, last.end_s) == (stage, start_s):
            start_s = last.start_s
            self.stages.pop()
        self.stages.append(TrueStage(stage, start_s, self.now_s))

    def rest(self, length_s: int, layers: Sequence[Layer]) -> None:
        """Go on at rest."""
        block = array("f", sampled(layers, min(BLOCK_S, length_s)))
        whole, part = divmod(length_s, BLOCK_S)
        self.powers_w.extend(block * whole)
        self.powers_w.extend(block[:part])

    def play(self, programme: str, stretches: Iterable[Stretch], flag: str = "ok") -> None:
        """Go on with a run as the loads write it; stretches before its first stage are none."""
        start_s = end_s = None
        for stretch in stretches:
            before_s = self.now_s
            self.draw(stretch.stage, sampled(stretch.layers, stretch.length_ms // 1000))
            if stretch.stage:
                start_s = before_s if start_s is None else start_s
                end_s = end_s if stretch.tail else self.now_s
        assert start_s is not None
        assert end_s is not None
        tail_end_s = self.stages[-1].end_s
        tail = tail_end_s if tail_end_s > end_s else None
        self.runs.append(TrueRun(start_s, end_s, programme, flag, tail))

    def add(self, powers_w: Iterable[float]) -> None:
        """Let another appliance draw through the same plug."""
        pairs = zip(self.powers_w, powers_w, strict=False)
        self.powers_w = array("f", (own_w + other_w for own_w, other_w in pairs))


def sampled(layers: Sequence[Layer], length_s: int) -> Iterable[float]:
    """Return the power in W at every second of what layers add up to."""
    for second in range(length_s):
        power_w = sum(layer.at(second * 1000)[0] for layer in layers) / 1000
        yield max(0.0, power_w)
