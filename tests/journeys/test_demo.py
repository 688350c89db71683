"""Somebody without hardware sees all of it, and asks what was written down."""

import csv
import io
import json

import jsonschema
import pytest

from flatwatt.store.events import EventLog, event_schema
from flatwatt.store.readings import read


@pytest.fixture
def home(performed):
    return performed[0]


@pytest.fixture
def said(performed):
    return performed[1]


def test_the_demo_shows_every_appliance_and_a_finished_wash(said):
    for name in ("printer", "washer", "fridge", "desk", "router"):
        assert name in said
    assert "Washing machine finished: " in said
    assert "EUR" in said


def test_every_row_of_the_record_is_good_and_every_plug_spoke_live(home):
    bad = []
    rows = [row for rows, _ in read(home.home / "readings", on_bad=bad.append) for row in rows]
    assert not bad
    live_ms = rows[-1].at_ms - 120_000
    assert {row.appliance for row in rows if row.at_ms > live_ms} == {
        "printer", "washer", "fridge", "desk", "router",
    }  # fmt: skip
    assert len({row.plug for row in rows}) == 5


def test_the_week_adds_up_to_the_cent(home):
    report = json.loads(home.run("report", "--week", "today", "--json"))
    cents = [round(line["cost_eur"] * 100) for line in report["appliances"]]
    assert sum(cents) == round(report["total"]["cost_eur"] * 100) > 0
    assert report["total"]["energy_kwh"] == pytest.approx(
        sum(line["energy_kwh"] for line in report["appliances"])
    )


def test_the_report_is_also_a_table_and_csv(home):
    table = home.run("report", "--month", "today")
    assert "Washing machine" in table
    assert "with base fee" in table
    rows = list(csv.DictReader(io.StringIO(home.run("report", "--day", "yesterday", "--csv"))))
    assert [row["appliance"] for row in rows][-1] == "total"
    router = next(row for row in rows if row["appliance"] == "router")
    assert 8 < float(router["standby_w"]) < 12


def test_runs_have_energy_cost_duration_and_peak(home):
    runs = json.loads(home.run("runs", "--appliance", "washer", "--json"))
    assert runs
    for run in runs:
        assert run["energy_wh"] > 200
        assert run["cost_eur"] > 0
        assert run["peak_w"] > 1500
        assert run["finished_at"] is None or run["duration_s"] > 1800


def test_the_wash_that_finished_has_one_event_of_each_kind(home):
    log = EventLog(home.home / "state.sqlite", read_only=True)
    events = [event for _, event in log.after(0, 10_000)]
    log.close()
    ids = [event["id"] for event in events]
    assert len(ids) == len(set(ids))
    of = {kind: [each["data"]["run"] for each in events if each["type"] == f"flatwatt.{kind}"]
          for kind in ("device_started", "device_finished")}  # fmt: skip
    assert set(of["device_finished"]) <= set(of["device_started"])
    for event in events:
        jsonschema.validate(event, event_schema())


def test_live_shows_the_last_known_and_says_that_nobody_records(home):
    assert "Washing machine" in home.run("live", "--once")


def test_export_gives_readings_and_german_quarter_hours(home):
    raw = list(csv.DictReader(io.StringIO(home.run("export", "--appliance", "fridge"))))
    assert raw
    assert {row["appliance"] for row in raw} == {"fridge"}
    file = home.home.parent / "quarters.csv"
    home.run("export", "--resolution", "quarter", "--german", "-o", str(file))
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows
    assert any("," in row["energy_wh"] for row in rows)


def test_check_finds_the_home_in_order(home):
    assert "ok" in home.run("check")


def test_deleting_what_is_derived_loses_nothing(home):
    before = home.run("report", "--week", "today", "--json")
    runs = home.run("runs", "--json", "--last", "100")
    for file in (home.home / "derived").iterdir():
        file.unlink()
    assert home.run("report", "--week", "today", "--json") == before
    assert home.run("runs", "--json", "--last", "100") == runs
