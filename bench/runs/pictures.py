"""Draws ten hard runs and what the detector says of them, from synthetic traces only.

    .venv/bin/python -m bench.runs.pictures [--out docs/pictures] [--seed N] [--days N]

Each panel shows the run as its plug told it (power by its square root, hours since the left
edge), the stages and ends that were told of it below, and the truth below that. The days before
it went by unseen here, but not by the detector, which learns.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from bench.runs.drawing import Panel, Span, picture
from bench.runs.finders import COUNTER
from bench.runs.synthetic.plugs import holes, told
from bench.runs.synthetic.scenes import ORIGIN_MS, SCENES
from bench.runs.synthetic.track import Track, TrueRun
from flatwatt.appliance.happenings import Happening
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.tracker import Tracker
from flatwatt.model import Reading, Run

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
BENCH = "bench"
SAID = ("probably_finished", "resumed", "finished")
LEAST_BEFORE_S, LONGEST_AFTER_S = 600, 4800


@dataclass(frozen=True)
class Shot:
    """One panel: the `number`-th run of a scene whose programme has a word in it.

    Attributes:
        before_s: what is shown of the time before it.
        after_s: and after it.
    """

    scene: str
    title: str
    number: int = 5
    word: str = ""
    before_s: int = LEAST_BEFORE_S
    after_s: int = 2400


SHOTS = {
    "runs-household": (
        "Five hard runs of household appliances",
        (
            Shot("wm_soaking", "Washer: soaks without a turn, wavers at rest"),
            Shot("wm_delayed", "Washer: waits for hours before it begins", 3, before_s=9000),
            Shot("dw_blip", "Dishwasher: dries in silence, then its pump once more"),
            Shot("dr_crease_slow", "Dryer: turns now and then when it is done"),
            Shot("wm_strip", "Washer: a refrigerator on the same strip", 4, before_s=3600),
        ),
    ),
    "runs-printer": (
        "Five hard runs of 3D printers",
        (
            Shot("pr_bowden", "Bed switched on and off, filament changed", 1, "filament"),
            Shot("pr_slinger_pi", "Regulated bed, print failed", 0, "failed"),
            Shot("pr_corexy", "Bed on the mains, 16 to 25 W at rest", 4, "bracket"),
            Shot("pr_enclosed", "Heated chamber, fans for long after the end", 2, "done"),
            Shot("pr_mini", "60 W in all, filament changed", 2, "filament"),
        ),
    ),
}


@dataclass(frozen=True)
class Heard:
    """Something the tracker said, and when."""

    at_s: float
    told: Happening


def taken(shot: Shot, seed: int, days: int) -> Panel:
    """Live a scene, follow it, and cut one run out."""
    scene = next(each for each in SCENES if each.name == shot.scene)
    track = scene.live(seed, days)
    fitting = [run for run in track.runs if shot.word in run.programme]
    run = fitting[min(shot.number, len(fitting) - 1)]
    start_s, end_s = run.start_s - shot.before_s, run.end_s + shot.after_s
    tracker = Tracker(BENCH, PROFILES[scene.kind], {BENCH: COUNTER})
    powers, heard = [], []
    for into_ms, power_w, energy_wh in told(
        track, scene.plug, holes(track, scene.plug, seed), seed
    ):
        at_s = into_ms / 1000
        if at_s > end_s + LONGEST_AFTER_S:
            break
        reading = Reading(ORIGIN_MS + into_ms, BENCH, BENCH, power_w, energy_wh)
        heard += [Heard(at_s, each) for each in tracker.feed(reading)]
        if start_s <= at_s <= end_s:
            powers.append((at_s - start_s, power_w))
    marks = [(each.at_s - start_s, each.told.kind) for each in heard if each.told.kind in SAID]
    panel = Panel(shot.title, note(run, heard), end_s - start_s, powers)
    panel.marks = [mark for mark in marks if 0 <= mark[0] <= panel.length_s]
    panel.true = [span for each in truth(track) if (span := within(each, start_s, end_s))]
    spans = (
        span for each in heard if each.told.kind == "finished" for span in stages(each.told.run)
    )
    panel.told = [span for each in spans if (span := within(each, start_s, end_s))]
    return panel


def truth(track: Track) -> list[Span]:
    if track.stages:
        return [(each.start_s, each.end_s, each.name) for each in track.stages]
    return [(each.start_s, each.end_s, "") for each in track.runs]


def stages(run: Run) -> list[Span]:
    """Return a run's stages in seconds of its track; the whole run where it has none."""
    assert run.end_ms is not None
    spans = [(each.start_ms, each.end_ms, each.name) for each in run.stages]
    whole = [(run.start_ms, run.end_ms, "")]
    return [
        ((start_ms - ORIGIN_MS) / 1000, (end_ms - ORIGIN_MS) / 1000, name)
        for start_ms, end_ms, name in spans or whole
    ]


def within(span: Span, start_s: float, end_s: float) -> Span | None:
    """Return a span on the panel's own clock, cut to it; None outside."""
    left, right = max(span[0], start_s), min(span[1], end_s)
    return (left - start_s, right - start_s, span[2]) if left < right else None


def note(run: TrueRun, heard: list[Heard]) -> str:
    """Return how long after the true end it was said, and how far the told end is off."""
    ends = [each for each in heard if each.told.kind == "finished"]
    near = min(ends, key=lambda each: abs(_end_s(each) - run.end_s), default=None)
    if near is None:
        return "end not told"
    parts = [
        f"end told {near.at_s - run.end_s:.0f} s after it, {_end_s(near) - run.end_s:+.0f} s off"
    ]
    first = [
        each.at_s - run.end_s
        for each in heard
        if each.told.kind == "probably_finished" and run.end_s <= each.at_s <= near.at_s
    ]
    return "; ".join([*(f"supposed {late_s:.0f} s after" for late_s in first[:1]), *parts])


def _end_s(heard: Heard) -> float:
    assert heard.told.run.end_ms is not None
    return (heard.told.run.end_ms - ORIGIN_MS) / 1000


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=PICTURES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=6)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, (title, shots) in SHOTS.items():
        text = picture(title, [taken(shot, asked.seed, asked.days) for shot in shots])
        path = asked.out / f"{name}.svg"
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
