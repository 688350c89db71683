"""What a plug tells of a track, and when."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.runs.synthetic.track import Track, TrueRun

Row: TypeAlias = tuple[int, float, float]
"""When in ms since the track's start, power in W, the plug's counter in Wh."""
LEAST_W, LEAST_SHARE, LEAST_S = 5.0, 0.05, 5
HEARTBEAT_S = 600


@dataclass(frozen=True)
class Plug:
    """How a plug tells.

    Attributes:
        step_s: between two readings when it is asked.
        on_change: tells by itself when power changed by 5 W and 5 %, and every ten minutes.
        late_zero_s: shows the last power for so long after the load fell to nothing.
        outages: so many holes a day, of 90 s to 25 min; every other resets the counter.
        count_wh: step of its counter.
    """

    step_s: int = 2
    on_change: bool = False
    late_zero_s: int = 0
    outages: float = 0.0
    count_wh: float = 0.1


@dataclass(frozen=True)
class Hole:
    start_s: int
    end_s: int
    resets: bool


def holes(track: Track, plug: Plug, seed: int) -> list[Hole]:
    """Return when nothing is heard; half of the holes are made to meet a run."""
    dice = random.Random(f"holes {seed}")
    days = track.now_s / 86_400
    found: list[Hole] = []
    for number in range(round(plug.outages * days)):
        run = dice.choice(track.runs)
        at_s = dice.randint(run.start_s, run.end_s) if number % 2 else dice.randrange(track.now_s)
        end_s = at_s + dice.randint(90, 1500)
        if all(end_s < each.start_s or at_s > each.end_s for each in found):
            found.append(Hole(at_s, end_s, resets=number % 4 < 2))
    return sorted(found, key=lambda hole: hole.start_s)


def hit(run: TrueRun, gaps: Sequence[Hole]) -> bool:
    """Whether a hole lies inside a run."""
    return any(hole.start_s < run.end_s and hole.end_s > run.start_s for hole in gaps)


def told(track: Track, plug: Plug, gaps: Sequence[Hole], seed: int) -> Iterator[Row]:
    """Yield what the plug tells, in order."""
    dice = random.Random(f"plug {seed}")
    shown, rest = _late(track.powers_w, plug.late_zero_s), list(gaps)
    last_w, last_s, used_ws, base_ws = -1e9, -HEARTBEAT_S, 0.0, 0.0
    for second, (own_w, power_w) in enumerate(zip(track.powers_w, shown, strict=True)):
        used_ws += own_w
        if rest and second >= rest[0].end_s:
            base_ws = used_ws if rest.pop(0).resets else base_ws
        if rest and second >= rest[0].start_s:
            continue
        if not _due(plug, second, last_s, last_w, power_w):
            continue
        counter_wh = (used_ws - base_ws) / 3600 // plug.count_wh * plug.count_wh
        yield second * 1000 + dice.randrange(120), power_w, counter_wh
        last_w, last_s = power_w, second


def _due(plug: Plug, second: int, last_s: int, last_w: float, power_w: float) -> bool:
    if not plug.on_change:
        return second % plug.step_s == 0
    since_s = second - last_s
    changed = abs(power_w - last_w) >= max(LEAST_W, LEAST_SHARE * last_w)
    return since_s >= HEARTBEAT_S or (changed and since_s >= LEAST_S)


def _late(powers_w: Sequence[float], late_s: int) -> Iterator[float]:
    """Yield the power as shown by a plug that is slow to believe in nothing."""
    shown_w, until = 0.0, 0
    for second, power_w in enumerate(powers_w):
        if power_w >= 1.0:
            shown_w, until = power_w, second + late_s
        yield shown_w if second < until else power_w
