"""Data comes in and goes out through the real command line."""

import csv
import io
import json
import re

import duckdb
import pytest
from tests.intake.homes import CONFIG, NOON_MS

from flatwatt.store.home import Home

HOUR_S = 3600


@pytest.fixture
def flat(flatwatt):
    home = Home(flatwatt.home)
    home.create()
    home.config.write_text(CONFIG + '\n[plugs.evil]\nfamily = "tasmota"\nhost = "127.0.0.1"\n'
                           'appliance = "other"\nname = "[red]=1+1"\n')  # fmt: skip
    return flatwatt


@pytest.fixture
def hours(tmp_path):
    file = tmp_path / "strom.csv"
    file.write_text(
        "Zeit;Verbrauch kWh\n"
        "01.10.2026 12:00;0,4\n01.10.2026 13:00;0,8\n"
        "01.10.2026 14:00;viel\n01.10.2026 15:00;0,1\n",
        encoding="cp1252",
    )
    return file


def imported(flat, hours, *more):
    return flat.run("import", str(hours), "--from", "csv", "--appliance", "fridge", *more)


def test_an_import_is_shown_first_then_written_then_known(flat, hours):
    shown = imported(flat, hours)
    assert "semicolons between cells, decimal commas" in shown
    assert "'Verbrauch kWh' is part_wh" in shown
    assert re.search(r"In the files +3, 2026-10-01 12:00 – 2026-10-01 16:00", shown)
    assert re.search(r"Gaps in them +1, longest 1 h 00 min", shown)
    assert re.search(r"New +5, 1.30 kWh", shown)
    assert "strom.csv, line 4: is not understood" in shown
    assert "--yes takes it in" in shown
    assert not list((flat.home / "readings").rglob("*.csv"))
    assert "5 rows taken in." in imported(flat, hours, "--yes")
    assert "Nothing new" in imported(flat, hours, "--yes")
    report = json.loads(flat.run("report", "--day", "2026-10-01", "--json"))
    assert report["total"]["energy_kwh"] == 1.3
    assert report["total"]["cost_eur"] == 0.39


def test_what_goes_out_german_comes_in_again(flat, hours, tmp_path):
    imported(flat, hours, "--yes")
    out = tmp_path / "out.csv"
    day = ("--from", "2026-10-01", "--to", "2026-10-01")
    flat.run("export", *day, "--resolution", "quarter", "--german", "-o", str(out))
    other = type(flat)(tmp_path / "other")
    Home(other.home).create()
    (other.home / "flatwatt.toml").write_text(CONFIG)
    other.run("import", str(out), "--from", "csv", "--appliance", "fridge", "--yes")
    again = other.run("export", *day, "--resolution", "day", "--format", "json")
    assert json.loads(again)[0]["energy_wh"] == 1300.0


def test_every_format_and_resolution_leaves(flat, hours, tmp_path):
    imported(flat, hours, "--yes")
    raw = list(csv.DictReader(io.StringIO(flat.run("export", "--month", "2026-10"))))
    assert len(raw) == 5
    assert list(raw[0]) == [
        "time", "utc_offset", "appliance", "plug", "power_w", "energy_wh", "voltage_v", "flags",
    ]  # fmt: skip
    for resolution, rows in (
        ("minute", 5),
        ("quarter", 17),
        ("hour", 5),
        ("day", 1),
        ("month", 1),
    ):
        out = flat.run("export", "--year", "2026", "--resolution", resolution)
        assert len(out.splitlines()) == rows + 1, resolution
    file = tmp_path / "year.parquet"
    flat.run("export", "--year", "2026", "--resolution", "hour", "-o", str(file))
    with duckdb.connect() as asked:
        (total,) = asked.execute(
            "SELECT sum(energy_wh), sum(missing_s) FROM read_parquet(?)", [str(file)]
        ).fetchall()
    assert (round(total[0], 6), total[1]) == (1300.0, 3600)
    said = flat.run("export", "--year", "2026", "-o", str(file), code=1)
    assert "--force replaces it" in said
    events = flat.run("export", "--what", "events", "--from", "2026-10-01", "--to", "2027-12-31",
                      "--format", "ndjson")  # fmt: skip
    assert json.loads(events)["data"]["rows"] == 5


def test_several_appliances_can_be_chosen_and_unknown_ones_are_told(flat, hours):
    imported(flat, hours, "--yes")
    chosen = flat.run("export", "--month", "2026-10", "--appliance", "washer",
                      "--appliance", "fridge")  # fmt: skip
    assert len(chosen.splitlines()) == 6
    assert len(flat.run("export", "--month", "2026-10", "--appliance", "washer").splitlines()) == 1
    assert "did you mean 'fridge'" in flat.run("export", "--appliance", "fridg", code=1)
    assert "did you mean 'fridge'" in flat.run(
        "import", str(hours), "--from", "csv", "--appliance", "fridg", code=1
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--month", "2026-10", "--year", "2026"), "only one of"),
        (("--year", "26"), "is no year"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "--to lies before --from"),
        (("--what", "runs", "--resolution", "hour"), "--resolution is for readings"),
        (("--format", "parquet"), "Parquet needs a file"),
        (("--german", "--format", "json"), "--german is for CSV"),
    ],
)
def test_what_makes_no_sense_is_told(flat, words, said):
    assert said in flat.run("export", *words, code=1)


def test_a_home_in_use_takes_nothing_in(flat, hours):
    with Home(flat.home).lock():
        said = flat.run("import", str(hours), "--from", "csv", "--appliance", "fridge", "--yes",
                        code=4)  # fmt: skip
    assert "another flatwatt" in said
    assert "stop it first" in said


@pytest.mark.parametrize("engine", [(), ("--sqlite",)], ids=["duckdb", "sqlite"])
def test_questions_are_answered_as_table_csv_and_json(flat, hours, engine):
    imported(flat, hours, "--yes")
    sql = ("SELECT hour, sum(energy_mwh) AS mwh FROM quarters JOIN slots USING (start_ms) "
           "GROUP BY hour HAVING sum(energy_mwh) > 0 ORDER BY hour")  # fmt: skip
    assert flat.run("sql", sql, "--csv", *engine) == "hour,mwh\n12,400000\n13,800000\n15,100000\n"
    assert json.loads(flat.run("sql", sql, "--json", *engine))[1] == {"hour": 13, "mwh": 800000}
    table = flat.run("sql", sql, "--limit", "2", *engine)
    assert "400000" in table
    assert "100000" not in table
    assert "2 rows shown; --limit 0 shows all." in table
    assert "nothing is written" in flat.run("sql", "DROP TABLE quarters", *engine, code=1)
    evil = flat.run("sql", "SELECT '=1+1' AS a, '[red]x[/]' AS b", "--csv", *engine)
    assert evil == "a,b\n'=1+1,[red]x[/]\n"
    assert "[red]x[/]" in flat.run("sql", "SELECT '[red]x[/]' AS b", *engine)


def test_without_the_extra_readings_are_those_of_a_day_and_it_is_said(flat, hours):
    imported(flat, hours, "--yes")
    count = "SELECT count(*) AS n FROM readings"
    process = flat.start("sql", count, "--sqlite", "--csv")
    out, err = process.communicate(timeout=60)
    assert out == "n\n0\n"  # today's
    assert re.search(r"readings of \d{4}-\d\d-\d\d only", err)
    assert flat.run("sql", count, "--sqlite", "--csv", "--from", "2026-10-01") == "n\n5\n"
    assert flat.run("sql", count, "--csv") == "n\n5\n"


def test_names_from_elsewhere_are_only_text(flat, tmp_path):
    file = tmp_path / "[bold]x.csv"
    file.write_text(f"[red]time,=power_w\n{NOON_MS // 1000},=1+1\n{NOON_MS // 1000 + 9},3\n")
    said = flat.run("import", str(file), "--from", "csv", "--appliance", "evil",
                    "--map", "time=[red]time,power_w==power_w")  # fmt: skip
    assert "[bold]x.csv, line 2" in said
    assert "'[red]time' is time" in said
