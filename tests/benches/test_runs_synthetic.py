"""The synthetic traces are physics, and their truth is the truth of their curves."""

import csv
import itertools
import random
from dataclasses import replace

import pytest
from bench.runs.synthetic import household as home
from bench.runs.synthetic.folder import written
from bench.runs.synthetic.heat import Printer, Want
from bench.runs.synthetic.machines import MACHINES, MATERIALS
from bench.runs.synthetic.plugs import Plug, holes, told
from bench.runs.synthetic.prints import Life
from bench.runs.synthetic.scenes import SCENES
from bench.runs.traces import labels, readings, traces

from flatwatt.appliance.profiles import PROFILES

PRINTING = Want(60, 210, 0, 10, 0.5, flow=True)


def chosen(*names: str):
    return [scene for scene in SCENES if scene.name in names]


@pytest.mark.parametrize("name", MACHINES)
def test_a_printer_reaches_what_is_asked_and_cools_down_to_its_room(name):
    printer = Printer(MACHINES[name], random.Random(1), 21.0)
    heating_s = next(
        second for second in range(3600) if printer.second(PRINTING) and printer.ready(PRINTING)
    )
    assert heating_s > 60
    bed_c = [printer.bed.now_c for _ in range(1800) if printer.second(PRINTING)]
    assert min(bed_c) > 54
    assert max(bed_c) < 68
    for _ in range(40_000):
        idle_w = printer.second(Want())
    assert printer.bed.now_c == pytest.approx(21, abs=1)
    low_w, high_w = MACHINES[name].standby_w
    assert low_w - 0.2 <= idle_w <= high_w + 0.2


def test_the_hottest_print_is_within_every_printers_power():
    for name, machine in MACHINES.items():
        bed_c, nozzle_c, chamber_c = MATERIALS["PETG" if name == "mini" else "ABS"]
        printer = Printer(machine, random.Random(1), 18.0)
        chamber = chamber_c if machine.chamber else 0
        want = Want(bed_c, nozzle_c, chamber, machine.hold_w + machine.moves_w, flow=True)
        assert any(printer.second(want) and printer.ready(want) for _ in range(7200)), name


def test_a_small_adapter_never_gives_more_than_it_has():
    mini = MACHINES["mini"]
    track = Life("mini", 3).days(1)
    assert max(track.powers_w) <= mini.supply_w / mini.efficiency + mini.standby_w[1] + 1


@pytest.mark.parametrize("name", ["bowden", "enclosed"])
def test_the_stages_of_a_print_fill_it_without_a_hole(name):
    track = Life(name, 5).days(2)
    assert track.runs
    for run in track.runs:
        within = [each for each in track.stages if run.start_s <= each.start_s < run.end_s]
        assert within[0].start_s == run.start_s
        assert within[-1].end_s == run.end_s
        ends = [each.end_s for each in within[:-1]]
        assert ends == [each.start_s for each in within[1:]]


def test_soaking_is_longer_than_eight_minutes_without_a_turn():
    track = home.lived(home.washer(2), 2, 2, home.soaking)
    run = track.runs[0]
    longest_s = quiet_s = 0
    for power_w in track.powers_w[run.start_s : run.end_s]:
        quiet_s = quiet_s + 1 if power_w < 15 else 0
        longest_s = max(longest_s, quiet_s)
    assert longest_s >= 0.97 * 480


def test_a_counter_falls_only_when_its_plug_restarted():
    track = home.lived(home.dishwasher(4), 4, 2, home.long_drying)
    plug = Plug(5, outages=6)
    gaps = holes(track, plug, 4)
    rows = list(told(track, plug, gaps, 4))
    falls = [after[0] // 1000 for one, after in itertools.pairwise(rows) if after[2] < one[2]]
    ends = [hole.end_s for hole in gaps if hole.resets]
    assert falls
    assert all(any(0 <= at_s - end_s < 6 for end_s in ends) for at_s in falls)


def test_zero_comes_late_from_a_plug_that_is_slow_to_believe_it():
    track = home.lived(home.RampingWasher(4), 4, 1, home.plain, rest=lambda _: ())
    end_s = track.now_s - 7200 // 2
    last_s = max(second for second in range(end_s) if track.powers_w[second] >= 1)
    seen = list(told(track, replace(Plug(1), late_zero_s=21), [], 4))
    assert seen[last_s + 20][1] > 1
    assert seen[last_s + 21][1] == 0


def test_the_same_seed_writes_the_same_bytes_and_another_one_others(tmp_path):
    scenes = chosen("pr_mini", "dr_crease_onchange", "wm_outage")
    for folder, seed in (("one", 7), ("again", 7), ("other", 8)):
        list(written(tmp_path / folder, scenes, seed, 1))
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*")]
    assert len(files) == 6
    for path in files:
        one = (tmp_path / "one" / path).read_bytes()
        assert one == (tmp_path / "again" / path).read_bytes()
        assert one != (tmp_path / "other" / path).read_bytes()


def test_the_folder_is_read_by_the_bench_and_its_energy_is_the_curves(tmp_path):
    list(written(tmp_path, chosen("dw_blip"), 7, 2))
    (trace,) = traces(tmp_path)
    assert (trace.kind, trace.source) == ("dishwasher", "synthetic")
    known = labels(tmp_path)["dw_blip"]
    told_wh = {each.at_ms: each.energy_wh for each in readings(tmp_path, "dw_blip")}
    with (tmp_path / "labels.csv").open(newline="") as file:
        energies_wh = [float(row["energy_wh"]) for row in csv.DictReader(file)]
    for label, energy_wh in zip(known, energies_wh, strict=True):
        within = [wh for at_ms, wh in told_wh.items() if label.start_ms <= at_ms <= label.end_ms]
        assert within[-1] - within[0] == pytest.approx(energy_wh, abs=6)


def test_every_kind_that_makes_runs_has_a_scene():
    assert {scene.kind for scene in SCENES} >= set(PROFILES) - {"auto"}
