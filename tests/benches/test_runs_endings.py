"""Announced ends are scored by what was known at that moment."""

import csv
import gzip

import pytest
from bench.runs.__main__ import main
from bench.runs.endings import Ends, Told, add, endings, table
from bench.runs.finders import detector
from bench.runs.score import Label, Prediction

from flatwatt.model import Reading

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def label(day: int, programme: str, hours: float = 1.0) -> Label:
    start_ms = day * DAY_MS
    return Label(start_ms, start_ms + hours * HOUR_MS, programme=programme)


def found(each: Label) -> Prediction:
    return Prediction(each.start_ms, each.end_ms, each.end_ms + 60_000)


def say(of: Label, after: float, off_h: float = 0.0, programme: str = "p1") -> Told:
    end_ms = round(of.end_ms + off_h * HOUR_MS)
    at_ms = round(of.start_ms + after * HOUR_MS)
    return Told(at_ms, programme, 1.0, end_ms, end_ms - HOUR_MS // 10, end_ms + HOUR_MS // 10)


def summed(labels, programmes, told) -> Ends:
    group = Ends()
    for ending, known in endings(labels, [found(each) for each in labels], programmes, told):
        add(group, ending, known=known)
    return group


def test_a_programme_is_known_once_a_run_of_it_is_over():
    labels = [label(1, "A"), label(2, "A"), label(3, "B")]
    group = summed(labels, ["p1", "p1", "p2"], [])
    assert (group.known, group.errors, group.prompt) == (1, [], 0)


def test_an_error_is_in_percent_of_the_run_and_a_run_counts_once():
    labels = [label(1, "A"), label(2, "A", hours=2)]
    told = [say(labels[1], 0.1, 0.2), say(labels[1], 1.0, -0.4), say(labels[1], 2.5, 9.0)]
    assert summed(labels, ["p1", "p1"], told).errors == [pytest.approx(15)]


def test_an_interval_counts_for_a_new_programme_too_and_once_a_time():
    first = label(1, "A")
    told = [say(first, 0.0, 0.05), say(first, 0.3, 0.2), say(first, 0.6)]
    group = summed([first], ["p1"], told)
    assert group.held == [True, False, True]
    assert {part: held for part, held in group.held_at.items() if held} == {
        0.25: [True],
        0.5: [False],
        0.75: [True],
    }


def test_our_programme_means_what_most_of_its_earlier_runs_were():
    labels = [
        label(1, "A"),
        label(2, "B"),
        label(3, "B"),
        label(4, "A"),
        label(5, "B"),
        label(6, "B"),
    ]
    told = [say(each, 0.2) for each in labels]
    group = summed(labels, ["p1"] * 6, told)
    assert group.right_at[1.0] == [False, False, False, True]


def test_an_unknown_programme_is_no_end_and_no_hit():
    labels = [label(1, "A"), label(2, "A")]
    silent = Told(round(labels[1].start_ms), "", 0.9)
    group = summed(labels, ["p1", "p1"], [silent])
    assert (group.known, group.prompt, group.errors, group.held) == (1, 0, [], [])
    assert group.right_at[1.0] == [False]


def test_at_once_is_within_two_minutes():
    labels = [label(1, "A"), label(2, "A"), label(3, "A")]
    told = [say(labels[1], 0.01), say(labels[2], 0.1)]
    assert summed(labels, ["p1"] * 3, told).prompt == 1


def test_a_group_without_a_known_run_has_an_empty_row():
    assert "| a |        0 |" in table({"a": Ends()})


def wash(start_ms: int) -> list[tuple[int, float]]:
    powers = [1.0] * 60 + [2000.0] * 90 + [120.0, 3.0] * 120 + [450.0] * 40 + [1.0] * 90
    return [(start_ms + index * 10_000, power_w) for index, power_w in enumerate(powers)]


def washes() -> list[tuple[int, float]]:
    return [row for hour in (0, 6, 12) for row in wash(10**12 + hour * HOUR_MS)]


def test_the_second_run_is_told_its_end_once_a_minute_by_what_was_known_then():
    readings = [Reading(at_ms, "it", "it", power_w) for at_ms, power_w in washes()]
    whole = detector("washing_machine", readings, ends=True)
    assert whole.programmes == ["p1"] * 3
    second = whole.runs[1]
    said = [each for each in whole.told if second.start_ms <= each.at_ms <= second.end_ms]
    assert len(said) == pytest.approx((second.end_ms - second.start_ms) / 60_000, abs=2)
    assert all(abs(each.end_ms - second.end_ms) < 120_000 for each in said)
    cut = detector("washing_machine", readings[: len(readings) // 2], ends=True)
    assert cut.told == whole.told[: len(cut.told)]


def test_ends_are_written_and_their_table_printed(tmp_path, monkeypatch, capsys):
    (tmp_path / "samples").mkdir()
    with gzip.open(tmp_path / "samples" / "w.csv.gz", "wt", newline="") as file:
        csv.writer(file).writerows([("ts_ms", "power_w"), *washes()])
    (tmp_path / "traces.csv").write_text(
        "trace,kind,data,observed_h,median_dt_s\nw,washing_machine,real,24,10\n"
    )
    rows = ["trace,start_ms,end_ms,program,flag,alt_start_ms,tail_end_ms"]
    for hour in (0, 6, 12):
        start_ms = 10**12 + hour * HOUR_MS + 600_000
        rows.append(f"w,{start_ms},{start_ms + 3_700_000},P1,ok,,")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    eta = tmp_path / "eta.csv"
    out = str(tmp_path / "pred.csv")
    monkeypatch.setattr(
        "sys.argv", ["runs", "--data", str(tmp_path), "--out", out, "--eta", str(eta)]
    )
    main()
    with eta.open(newline="") as file:
        ends = [int(row["eta_end"]) for row in csv.DictReader(file)]
    assert len(ends) > 100
    assert "trace: w" in capsys.readouterr().out
