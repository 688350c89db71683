"""Somebody holds two washes against each other and asks what a print costs."""

import csv
import io
import json

import pytest
from tests.journeys.conftest import Command


@pytest.fixture
def home(performed):
    return performed[0]


def runs_of(home, appliance):
    found = json.loads(home.run("runs", "--appliance", appliance, "--json"))
    return [run for run in found if run["finished_at"]]


def test_two_washes_stand_beside_each_other(home):
    older, newer = runs_of(home, "washer")[-2:]
    found = json.loads(home.run("runs", "compare", older["run"], newer["run"], "--json"))
    first, second = found["runs"]
    assert (first["run"], second["run"]) == (older["run"], newer["run"])
    assert first["energy_wh"] == older["energy_wh"]
    assert second["difference"]["energy_wh"] == pytest.approx(
        newer["energy_wh"] - older["energy_wh"]
    )
    assert first["cost_eur"] == pytest.approx(older["cost_eur"], abs=0.006)
    step_s, curves = found["curves"]["step_s"], found["curves"]["power_w"]
    assert sum(curves[0]) * step_s / 3600 == pytest.approx(older["energy_wh"], rel=0.02)


def test_a_comparison_is_also_a_table_a_chart_and_csv(home):
    older, newer = (run["run"] for run in runs_of(home, "washer")[-2:])
    table = home.run("runs", "compare", older, newer, "--plain")
    assert "vs A" in table
    assert "hours:minutes since the start" in table
    rows = list(csv.DictReader(io.StringIO(home.run("runs", "compare", older, newer, "--csv"))))
    assert [row["run"] for row in rows if row["stage"] == "total"] == [older, newer]


def test_a_terminal_that_knows_only_ascii_is_spelt_to(home):
    narrow = Command(home.home)
    narrow.env["PYTHONIOENCODING"] = "ascii"
    older, newer = (run["run"] for run in runs_of(home, "washer")[-2:])
    for words in (
        ("runs", "compare", older, newer),
        ("patterns",),
        ("runs", "stats", "--appliance", "printer"),
    ):
        assert narrow.run(*words).isascii()


def test_a_run_nobody_knows_is_refused_with_a_remedy(home):
    said = home.run("runs", "compare", "washer", "dryer-1999", code=1)
    assert "there is no run 'dryer-1999'" in said
    assert "its number in `flatwatt runs`" in said
    assert "two or more different runs" in home.run(
        "runs", "compare", "washer:1", "washer:1", code=1
    )


def test_what_a_print_costs_is_the_mean_of_the_prints(home):
    prints = runs_of(home, "printer")
    (found,) = json.loads(home.run("runs", "stats", "--appliance", "printer", "--json"))
    assert found["runs"] == len(prints)
    mean_wh = sum(run["energy_wh"] for run in prints) / len(prints)
    assert found["all"]["energy_wh"]["mean"] == pytest.approx(mean_wh, abs=0.001)
    assert 5 < found["between"]["mean_w"] < 12
    assert "Between the runs" in home.run("runs", "stats", "--appliance", "printer")
    rows = list(csv.DictReader(io.StringIO(home.run("runs", "stats", "--csv"))))
    assert {"printer", "washer"} <= {row["appliance"] for row in rows}


def test_the_heat_map_holds_the_energy_of_the_time_looked_at(home):
    found = json.loads(home.run("patterns", "--since", "1y", "--json"))
    cells = [cell for row in found["heat_energy_wh"] for cell in row]
    assert len(cells) == 168
    assert sum(cells) == pytest.approx(found["energy_wh"])
    everything = sum(
        float(row["energy_wh"])
        for row in csv.DictReader(
            io.StringIO(
                home.run("export", "--from", found["start"][:10], "--resolution", "quarter")
            )
        )
    )
    assert found["energy_wh"] == pytest.approx(everything, rel=0.01)
    assert {each["appliance"] for each in found["standby"]} >= {"router", "printer"}
    assert [trend for trend in found["trends"] if trend["told"]] == []


def test_patterns_are_drawn_with_digits_when_plain(home):
    wide = Command(home.home)
    wide.env["PYTHONIOENCODING"] = "utf-8"
    drawn, plain = wide.run("patterns"), wide.run("patterns", "--plain")
    assert "█" in drawn
    assert "█" not in plain
    assert "kWh a day" in plain
    assert "Router" in plain
