"""The first word, its probability, starts and energies are measured as a person would."""

from bench.runs.measures import Supposal, calibration, energy_ok, measured
from bench.runs.score import Label, Prediction, scored
from bench.runs.traces import Trace

HOUR_MS = 3_600_000
TRACE = Trace("w", "washing_machine", "real", 100.0, 5.0)


def runs(count: int) -> tuple[list[Label], list[Prediction]]:
    labels = [
        Label(day * 24 * HOUR_MS, day * 24 * HOUR_MS + HOUR_MS, programme="P1", energy_wh=500.0)
        for day in range(count)
    ]
    told = [
        Prediction(each.start_ms + 3000, each.end_ms, each.end_ms + 60_000, 500.5)
        for each in labels
    ]
    return labels, told


def test_the_first_word_that_stayed_counts_not_the_one_taken_back():
    labels, told = runs(1)
    end_ms = labels[0].end_ms
    said = [
        Supposal(0, end_ms - 600_000, 0.8, taken_back=True),
        Supposal(0, end_ms + 20_000, 0.9),
    ]
    found = measured(TRACE, scored(labels, told), told, said, counts=True)
    assert found.probably_s == [20.0]
    assert (found.supposed, found.taken_back) == (2, 1)
    assert found.starts_s == [3.0]
    assert found.energies_ok == [True]


def test_only_the_third_run_of_a_programme_and_later_ones_are_counted_as_known():
    labels, told = runs(5)
    found = measured(TRACE, scored(labels, told), told, [], counts=False)
    assert found.third_s == [60.0] * 3
    assert found.energies_ok == []


def test_an_energy_is_right_within_a_watt_hour_or_half_a_percent():
    label = Label(0, 1, energy_wh=1000.0)
    assert energy_ok(label, Prediction(0, 1, 1, 1004.9)) == [True]
    assert energy_ok(label, Prediction(0, 1, 1, 1005.1)) == [False]
    assert energy_ok(Label(0, 1, energy_wh=20.0), Prediction(0, 1, 1, 20.9)) == [True]
    assert energy_ok(Label(0, 1), Prediction(0, 1, 1, 20.0)) == []


def test_a_probability_is_compared_with_how_often_it_was_right():
    said = [Supposal(0, 0, 0.8, taken_back=index == 0) for index in range(4)]
    assert "| 0.80–0.85 | 4 | 0.800 | 0.750 |" in calibration(said)
