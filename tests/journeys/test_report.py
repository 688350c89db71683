"""Somebody asks what the flat used: by day, by hour, beside the time before."""

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from flatwatt.config import load
from flatwatt.flat import Flat
from flatwatt.looking import Light
from flatwatt.opening import counters
from flatwatt.report.periods import local_day, month_period, year_period
from flatwatt.store.home import Home

TABLES = ("quarter", "slot", "slot_month", "summed", "daily", "rated", "hours", "hourly", "peak",
          "calm", "minutes")  # fmt: skip
ALL = "SELECT * FROM {}"


@pytest.fixture(scope="module")
def home(performed, tmp_path_factory):
    command = type(performed[0])(tmp_path_factory.mktemp("asked") / "home")
    shutil.copytree(performed[0].home, command.home)
    return command


@pytest.fixture(scope="module")
def day(home):
    """The newest day of the record."""
    return max(file.name[:10] for file in home.home.glob("readings/*/*.csv"))


def told(home, *words):
    return json.loads(home.run("report", *words, "--json"))


@pytest.mark.parametrize("by", ["appliance", "day", "hour", "tariff", "week", "month"])
@pytest.mark.parametrize("period", ["--day", "--week", "--month"])
def test_the_groups_add_up_to_the_summary(home, day, by, period):
    summary = told(home, period, day)["total"]
    found = told(home, period, day, "--by", by)
    assert found["total"]["energy_kwh"] == summary["energy_kwh"]
    assert found["total"]["cost_eur"] == summary["cost_eur"]
    for name in ("energy_kwh", "cost_eur"):
        parts = [each[name] for each in found["parts"] if each[name] is not None]
        assert sum(parts) == pytest.approx(summary[name], abs=1e-9)


def test_a_year_says_of_each_appliance_what_its_quarter_hours_say(home, day):
    year, parts = told(home, "--year", day[:4]), told(home, "--year", day[:4], "--by", "appliance")
    for line, part in zip(year["appliances"], parts["parts"], strict=True):
        assert line["appliance"] == part["appliance"]
        assert line["energy_kwh"] == (part["energy_kwh"] or 0)
        assert line["cost_eur"] == (part["cost_eur"] or 0)
        assert line["peak_w"] == part["peak_w"]
    assert year["total"]["energy_kwh"] > 0
    assert year["total"]["standby_w"] > 0


def test_the_day_before_stands_beside_the_day(home, day):
    found = told(home, "--day", day, "--compare", "previous")
    before = told(home, "--day", found["earlier_first_day"])
    assert found["total"]["earlier_energy_kwh"] == before["total"]["energy_kwh"]
    assert found["total"]["earlier_cost_eur"] == before["total"]["cost_eur"]


def test_groups_are_also_a_table_and_csv(home, day):
    table = home.run("report", "--month", day, "--by", "hour")
    assert "07–08" in table
    assert "Total" in table
    rows = list(csv.DictReader(io.StringIO(home.run("report", "--day", day, "--by", "hour",
                                                    "--csv"))))  # fmt: skip
    assert [row["hour"] for row in rows] == [*map(str, range(24)), "total"]
    both = home.run("report", "--week", day, "--compare", "previous")
    assert "before" in both


def test_one_period_at_a_time(home, day):
    assert "only one of" in home.run("report", "--year", day, "--day", day, code=1)


def test_figures_as_kept_say_what_the_whole_flat_says(home, day):
    where = Home(home.home)
    config = load(where.config, where.secrets, {}).config
    flat = Flat(where, config, counters(), watch=True)
    flat.catch_up()
    period = year_period(local_day(flat.newest_ms, flat.zone))
    with Light(where, config) as light:
        assert light.reaches(period)
        with closing(light.page(period)) as one, closing(flat.page(period)) as other:
            for by in (("appliance",), ("local_day",), ("weekday", "local_hour")):
                assert one.sums(by) == other.sums(by)
            assert one.peaks() == other.peaks()
    flat.close()


def test_what_the_collector_has_not_kept_is_walked_for_shorter_times(home, tmp_path):
    shutil.copytree(home.home, tmp_path / "home")
    where = Home(tmp_path / "home")
    config = load(where.config, where.secrets, {}).config
    newest = max(where.readings.glob("*/*.csv"))
    line = newest.read_bytes().splitlines(keepends=True)[-1]
    with newest.open("ab") as file:
        file.write(line)
    with Light(where, config) as light:
        today = local_day(light.newest_ms, light.zone)
        assert light.reaches(year_period(today))
        assert not light.reaches(month_period(today))
    where.quarters.unlink()
    with Light(where, config) as light:
        assert not light.reaches(year_period(today))


def test_what_is_derived_is_the_same_when_it_is_derived_again(home, tmp_path):
    shutil.copytree(home.home, tmp_path / "home")
    where = Home(tmp_path / "home")
    config = load(where.config, where.secrets, {}).config
    settle(where, config)
    before = everything(where)
    shutil.rmtree(where.derived)
    settle(where, config)
    again = everything(where)
    for table in TABLES:
        assert again[table] == before[table], table
        assert before[table], table


def settle(where, config):
    flat = Flat(where, config, counters())
    flat.catch_up()
    flat.close()


def everything(where):
    with closing(sqlite3.connect(where.quarters)) as book:
        return {
            table: sorted(book.execute(ALL.format(table)).fetchall(), key=str) for table in TABLES
        }
