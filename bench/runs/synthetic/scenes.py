"""The traces of the folder: who lives there, and what its plug is like."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.runs.synthetic import household as home
from bench.runs.synthetic.plugs import Plug
from bench.runs.synthetic.prints import Life
from bench.runs.synthetic.track import Track, TrueRun
from flatwatt.loads import load_of

ORIGIN_MS = 1_772_409_600_000
"""2026-03-02, a Monday."""


@dataclass(frozen=True)
class Scene:
    """One trace: the kind a person would select, its track by seed and days, its plug."""

    name: str
    kind: str
    live: Callable[[int, int], Track]
    plug: Plug


def printer(machine: str) -> Callable[[int, int], Track]:
    return lambda seed, days: Life(machine, seed).days(days)


def strip(seed: int, days: int) -> Track:
    """A washer and a refrigerator on one plug."""
    track = home.lived(home.washer(seed), seed, days, home.plain)
    track.add(alone("fridge", seed, track.now_s).powers_w)
    return track


def alone(load: str, seed: int, length_s: int) -> Track:
    """A load of the demo as it lives; whether an evening at a desk is a run is left open."""
    curve = load_of(load, seed, ORIGIN_MS)
    track = Track()
    track.draw("", (curve.power_w(ORIGIN_MS + second * 1000) for second in range(length_s)))
    for run in curve.runs_between(ORIGIN_MS, ORIGIN_MS + length_s * 1000):
        start_s, end_s = ((at_ms - ORIGIN_MS) // 1000 for at_ms in (run.start_ms, run.end_ms))
        track.runs.append(TrueRun(start_s, min(end_s, length_s), run.programme, "optional"))
    return track


def _dishwasher(twist: home.Twist) -> Callable[[int, int], Track]:
    return lambda seed, days: home.lived(home.dishwasher(seed), seed, days, twist)


def _washer(twist: home.Twist, **more: object) -> Callable[[int, int], Track]:
    return lambda seed, days: home.lived(home.washer(seed), seed, days, twist, **more)


def _dryer(twist: home.Twist, **more: object) -> Callable[[int, int], Track]:
    return lambda seed, days: home.lived(home.dryer(seed), seed, days, twist, **more)


def _vented(seed: int, days: int) -> Track:
    return home.lived(home.VentedDryer(seed), seed, days, home.plain)


def _ramping(seed: int, days: int) -> Track:
    return home.lived(home.RampingWasher(seed), seed, days, home.plain)


def _alone(load: str) -> Callable[[int, int], Track]:
    return lambda seed, days: alone(load, seed, days * home.DAY_S)


_SOAKING = _washer(home.soaking, rest=home.noisy)
_AGAIN = (180, 720)
SCENES = (
    Scene("pr_bowden", "printer_3d", printer("bowden"), Plug(2)),
    Scene("pr_slinger_pi", "printer_3d", printer("slinger_pi"), Plug(5)),
    Scene("pr_corexy", "printer_3d", printer("corexy"), Plug(1)),
    Scene("pr_enclosed", "printer_3d", printer("enclosed"), Plug(5)),
    Scene("pr_mini", "printer_3d", printer("mini"), Plug(2)),
    Scene("pr_bowden_poll60", "printer_3d", printer("bowden"), Plug(60)),
    Scene("pr_corexy_onchange", "printer_3d", printer("corexy"), Plug(on_change=True)),
    Scene("dw_blip", "dishwasher", _dishwasher(home.long_drying), Plug(5)),
    Scene("dw_passive", "dishwasher", _dishwasher(home.passive_drying), Plug(5)),
    Scene("dw_blip_outage", "dishwasher", _dishwasher(home.long_drying), Plug(5, outages=6)),
    Scene("dw_blip_poll60", "dishwasher", _dishwasher(home.long_drying), Plug(60)),
    Scene("dr_crease", "dryer", _dryer(home.plain), Plug(2)),
    Scene("dr_crease_slow", "dryer", _dryer(home.rare_tumbling), Plug(2)),
    Scene("dr_stirring", "dryer", _dryer(home.plain, rest=home.pump_kept_warm), Plug(5)),
    Scene("dr_vented", "dryer", _vented, Plug(5)),
    Scene("dr_crease_onchange", "dryer", _dryer(home.plain), Plug(on_change=True)),
    Scene("wm_soaking", "washing_machine", _SOAKING, Plug(2)),
    Scene("wm_delayed", "washing_machine", _washer(home.delayed), Plug(5)),
    Scene("wm_again", "washing_machine", _washer(home.plain, again_s=_AGAIN), Plug(2)),
    Scene("wm_cold", "washing_machine", _washer(home.cold), Plug(5)),
    Scene("wm_ramping", "washing_machine", _ramping, Plug(5)),
    Scene("wm_strip", "washing_machine", strip, Plug(2)),
    Scene("wm_soaking_poll60", "washing_machine", _SOAKING, Plug(60)),
    Scene("wm_latezero", "washing_machine", _washer(home.plain), Plug(5, late_zero_s=21)),
    Scene("wm_onchange", "washing_machine", _washer(home.soaking), Plug(on_change=True)),
    Scene("wm_outage", "washing_machine", _washer(home.soaking), Plug(5, outages=6)),
    Scene("wd_all_in_one", "washer_dryer", _washer(home.then_dried), Plug(5)),
    Scene("fr_alone", "fridge", _alone("fridge"), Plug(10)),
    Scene("ot_desk", "other", _alone("desk"), Plug(10)),
    Scene("ot_kettle", "other", _alone("kettle"), Plug(5)),
)  # fmt: skip
