"""The scorer of the runs benchmark counts what it says."""

import csv
import gzip

import pytest
from bench.runs.__main__ import main
from bench.runs.finders import blueprint, detector
from bench.runs.score import Label, Prediction, Tally, overlap, quantile, scored

from flatwatt.model import Reading

HOUR_MS = 3_600_000


def told(start_h: float, end_h: float, late_h: float = 0.0) -> Prediction:
    return Prediction(start_h * HOUR_MS, end_h * HOUR_MS, (end_h + late_h) * HOUR_MS)


def label(start_h: float, end_h: float, **more) -> Label:
    return Label(start_h * HOUR_MS, end_h * HOUR_MS, **more)


def tally(outcome) -> Tally:
    result = Tally(extra=outcome.extra, hours=168)
    for each in outcome.outcomes:
        result.add(*each)
    return result


def test_overlap_is_intersection_over_union():
    assert overlap((0, 2), (1, 3)) == pytest.approx(1 / 3)
    assert overlap((0, 1), (1, 2)) == 0


def test_a_run_is_found_once_and_a_second_prediction_is_extra():
    outcome = scored([label(0, 2)], [told(0, 2), told(0, 1.5)])
    assert outcome.outcomes[0][1] == told(0, 2)
    assert outcome.extra == 1
    assert tally(outcome).f1 == pytest.approx(2 / 3)


def test_a_prediction_on_an_optional_run_is_neither_hit_nor_miss():
    outcome = scored([label(0, 1, required=False)], [told(0, 1)])
    assert outcome.outcomes == ()
    assert outcome.extra == 0


def test_a_prediction_elsewhere_is_extra_and_the_run_is_missed():
    outcome = scored([label(0, 1), label(9, 10, required=False)], [told(4, 5)])
    assert outcome.extra == 1
    assert tally(outcome).f1 == 0


def test_a_pre_rinse_or_a_tail_may_belong_to_the_run():
    only = label(1, 2, early_start_ms=0.0, tail_end_ms=5.0 * HOUR_MS)
    assert scored([only], [told(0, 2)]).extra == 0
    assert scored([only], [told(1, 5)]).extra == 0


def test_an_announcement_too_soon_is_a_false_finish():
    early = tally(scored([label(0, 2)], [told(0, 1.9)]))
    assert early.early == 1
    assert early.false_a_week == 1
    assert tally(scored([label(0, 2)], [told(0, 1.9, late_h=0.2)])).early == 0


def test_quantiles_are_interpolated_and_of_nothing_there_is_none():
    assert quantile([3, 1], 0.5) == 2
    assert quantile([], 0.5) is None


def test_the_usual_rule_never_ends_above_five_watts():
    idle = [Reading(second * 1000, "it", "it", 8.0) for second in range(2000)]
    assert blueprint("printer_3d", idle).runs == []


def wash(start_ms: int) -> list[tuple[int, float]]:
    powers = [1.0] * 60 + [2000.0] * 90 + [120.0, 3.0] * 120 + [450.0] * 40 + [1.0] * 90
    return [(start_ms + index * 10_000, power_w) for index, power_w in enumerate(powers)]


def test_the_detector_is_given_one_reading_after_the_other():
    readings = [Reading(at_ms, "it", "it", power_w) for at_ms, power_w in wash(10**12)]
    whole = detector("washing_machine", readings)
    assert len(whole.runs) == 1
    cut = detector("washing_machine", readings[: len(readings) - 80])
    assert cut.runs == []


def test_a_folder_of_traces_is_taken_through_and_scored(tmp_path, monkeypatch, capsys):
    (tmp_path / "samples").mkdir()
    with gzip.open(tmp_path / "samples" / "w.csv.gz", "wt", newline="") as file:
        csv.writer(file).writerows([("ts_ms", "power_w"), *wash(10**12)])
    (tmp_path / "traces.csv").write_text(
        "trace,kind,data,observed_h,median_dt_s\nw,washing_machine,real,24,10\n"
    )
    start_ms, end_ms = 10**12 + 600_000, 10**12 + 4_300_000
    (tmp_path / "labels.csv").write_text(
        "trace,start_ms,end_ms,flag,alt_start_ms,tail_end_ms\n" + f"w,{start_ms},{end_ms},ok,,\n"
    )
    out, eta = tmp_path / "pred.csv", tmp_path / "eta.csv"
    argv = ["runs", "--data", str(tmp_path), "--out", str(out), "--eta", str(eta)]
    monkeypatch.setattr("sys.argv", argv)
    main()
    with out.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (int(row["start"]), int(row["end"])) == (start_ms, end_ms)
    assert eta.read_text().splitlines() == ["trace,at,eta_end"]
    assert "1.000" in capsys.readouterr().out
