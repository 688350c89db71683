"""An appliance that draws what a test says, followed by a stager at any pace."""

import itertools
from collections.abc import Iterator

from flatwatt.appliance.stages import Mark, Marks, Stager, StagerState

T0 = 1_790_000_000_000
Course = list[tuple[float, float]]
"""Seconds and watts, one after the other."""


def beats(seconds: float, high_w: float, low_w: float, on_s: float, off_s: float) -> Course:
    """Let something switch on and off for a while: a drum, a bed."""
    count = round(seconds / (on_s + off_s))
    return [(on_s, high_w), (off_s, low_w)] * count


def moves(seconds: float, level_w: float) -> Course:
    """Let a print draw what it draws: a little more or less with every move."""
    steps = itertools.cycle((1.06, 0.95, 1.02, 0.92, 1.04, 0.98))
    return [(20, level_w * next(steps)) for _ in range(round(seconds / 20))]


def told(course: Course, step_s: float | None) -> Iterator[tuple[int, float, int]]:
    """Yield (when, W, booked mWh): every `step_s`, or on change only."""
    at_ms, total_mwh, next_ms = T0, 0.0, T0
    for seconds, power_w in course:
        end_ms = at_ms + round(seconds * 1000)
        while step_s is not None and next_ms < end_ms:
            yield next_ms, power_w, round(total_mwh + power_w * (next_ms - at_ms) / 3600)
            next_ms += round(step_s * 1000)
        if step_s is None:
            yield at_ms, power_w, round(total_mwh)
        total_mwh += power_w * (end_ms - at_ms) / 3600
        at_ms = end_ms
    yield at_ms, 0.0, round(total_mwh)


class Tale:
    """What a stager says of a course.

    Attributes:
        marks: where the stages began, with the run's end where the course ends.
        said: what it said live: (second, stage).
    """

    def __init__(
        self, kind: str, course: Course, step_s: float | None = 5, state: StagerState | None = None
    ) -> None:
        self.stager = Stager(kind, state)
        self.said: list[tuple[float, str]] = []
        self.readings = list(told(course, step_s))
        self.stager.begin(*self.readings[0])
        for reading in self.readings[1:]:
            if self.stager.feed(*reading):
                self.said.append(((reading[0] - T0) / 1000, self.stager.now))
        end_ms, _, self.end_mwh = self.readings[-1]
        self.marks: Marks = self.stager.marks(T0, 0, end_ms, self.end_mwh)

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.marks]

    def second(self, name: str) -> float:
        return (self.mark(name).at_ms - T0) / 1000

    def mark(self, name: str) -> Mark:
        return next(each for each in self.marks if each.name == name)


MEASURED: Course = [(90, 270), *beats(240, 72, 62, 20, 20)]
REGULATED: Course = [*MEASURED, (30, 155), *moves(1800, 112)]
SWITCHED: Course = [
    (120, 250),
    *beats(60, 48, 290, 20, 10),
    *[part for _ in range(10) for low_w in (36, 39, 37) for part in ((45, low_w), (12, 280))],
]
WASH: Course = [
    *beats(400, 180, 15, 12, 6),
    (600, 2000),
    *beats(1800, 180, 15, 12, 6),
    (300, 450),
]
DRYER: Course = [*beats(2400, 2500, 200, 180, 30), (600, 200)]
DISHES: Course = [
    (180, 110),
    (900, 2000),
    (600, 110),
    (60, 5),
    (300, 110),
    (600, 2000),
    (1200, 3),
    (40, 30),
]
KINDS = {
    "printer_3d": REGULATED,
    "washing_machine": WASH,
    "washer_dryer": WASH,
    "dryer": DRYER,
    "dishwasher": DISHES,
}
