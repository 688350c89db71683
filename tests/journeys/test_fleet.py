"""A flat sends its closed days; whoever looks after many flats reads the month."""

import csv
import io
import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.conftest import Command

from flatwatt.model import Reading
from flatwatt.report.periods import day_start_ms
from flatwatt.store.readings import Record

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 30), date(2026, 11, 1)
CONFIG = """
[flat]
name = "Annas WG"
[[tariff]]
valid_from = 2026-01-01
rate_eur_kwh = 0.3123
[[tariff]]
valid_from = 2026-10-31
rate_eur_kwh = 0.2987
[plugs.annas-washer]
family = "simulated"
load = "washer"
appliance = "washing_machine"
[plugs.fridge]
family = "simulated"
load = "fridge"
appliance = "fridge"
"""


def measured() -> list[Reading]:
    """Two plugs, a reading a minute from one midnight to two hours past another."""
    start_ms = day_start_ms(FIRST, BERLIN)
    minutes = (day_start_ms(LAST, BERLIN) - start_ms) // 60_000 + 120
    readings, wh = [], {"annas-washer": 100.0, "fridge": 7_000.0}
    for minute in range(minutes):
        at_ms = start_ms + minute * 60_000
        for id_, power_w in (("annas-washer", 2_000.0 * (minute % 600 < 45)), ("fridge", 60.0)):
            readings.append(Reading(at_ms, id_, f"mac-{id_}", power_w, round(wh[id_], 3)))
            wh[id_] += power_w / 60
    return readings


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """A home, the folder it was sent to, and what was said."""
    home = Command(tmp_path_factory.mktemp("flat"))
    (home.home / "flatwatt.toml").write_text(CONFIG)
    record = Record(home.home / "readings", BERLIN)
    record.append(measured())
    record.close()
    folder = tmp_path_factory.mktemp("fleet")
    return home, folder, home.run("fleet", "push", "--to", str(folder), "--detail", "ids")


def report_of(home, folder, *words):
    return home.run("fleet", "report", "--source", str(folder), "--month", "2026-10", *words)


def test_a_flat_sends_closed_days_as_its_own_report_says_them(sent):
    home, folder, said = sent
    assert "Sent: 2026-10 " in said
    told = json.loads(report_of(home, folder, "--by", "day", "--json"))
    assert [line["day"] for line in told["lines"]] == ["2026-10-30", "2026-10-31"]
    assert told["differing"] == []
    for line in told["lines"]:
        own = json.loads(home.run("report", "--day", line["day"], "--json"))["total"]
        assert line["energy_kwh"] == own["energy_kwh"] > 1
        # Days add up to the month's cents, so one may be a cent beside its own rounding.
        assert line["cost_eur"] == pytest.approx(own["cost_eur"], abs=0.0101)
    own = json.loads(home.run("report", "--month", "2026-10", "--json"))["total"]
    assert told["total"]["cost_eur"] == own["cost_eur"]


def test_pushing_again_sends_nothing(sent):
    home, folder, _ = sent
    again = home.run("fleet", "push", "--to", folder.as_uri(), "--detail", "ids")
    assert "Sent: nothing (0.0 kB); unchanged: 1" in again


def test_unless_asked_only_the_whole_flat_leaves(sent, tmp_path):
    home, _, _ = sent
    home.run("fleet", "push", "--to", str(tmp_path))
    written = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    for secret in (b"anna", b"Annas", b"washer", b"mac-", b"fridge"):
        assert secret not in written
    table = report_of(home, tmp_path, "--by", "appliance")
    assert "flat" in table
    assert "washer" not in table


def test_a_fleet_is_a_table_and_csv(sent):
    home, folder, _ = sent
    table = report_of(home, folder, "--by", "appliance")
    text = report_of(home, folder, "--by", "appliance", "--csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["appliance"] for row in rows] == ["annas-washer", "fridge", "total"]
    for row in rows:
        assert f"{float(row['cost_eur']):.2f}" in table


def test_wrong_words_are_answered_with_a_remedy(sent):
    home, folder, _ = sent
    assert "say where to" in home.run("fleet", "push", code=1)
    assert "mount" in home.run("fleet", "push", "--to", "s3://bucket", code=7)
    words = ("fleet", "report", "--source", str(folder))
    assert "write 2026-10" in home.run(*words, "--month", "2026-13", code=1)
    assert "--files" in home.run(*words, "--month", "2026", "--engine", "spark", code=1)
    later = date.today() + timedelta(days=4000)
    assert "0 flats" in home.run(*words, "--month", f"{later:%Y-%m}")
