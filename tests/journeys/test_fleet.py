"""A flat sends its closed days; whoever looks after many flats reads the month."""

import csv
import io
import json

import pytest


@pytest.fixture(scope="module")
def sent(performed, tmp_path_factory):
    home, _ = performed
    folder = tmp_path_factory.mktemp("fleet")
    said = home.run("fleet", "push", "--to", str(folder), "--detail", "ids")
    return home, folder, said


def months_of(folder):
    return sorted({each.parent.name.removeprefix("month=") for each in folder.rglob("*.parquet")})


def report_of(home, folder, *words):
    return home.run("fleet", "report", "--source", str(folder), *words)


def test_a_flat_sends_what_its_own_report_says(sent):
    home, folder, said = sent
    assert "Sent: " in said
    for month in months_of(folder):
        told = json.loads(report_of(home, folder, "--month", month, "--json"))
        (own,) = json.loads(report_of(home, folder, "--month", month, "--by", "flat", "--json"))[
            "lines"
        ]
        assert told["total"]["energy_kwh"] == own["energy_kwh"] > 0
        assert not told["differing"]
    days = [
        line
        for month in months_of(folder)
        for line in json.loads(report_of(home, folder, "--month", month, "--by", "day", "--json"))[
            "lines"
        ]
    ]
    full = days[len(days) // 2]
    own_day = json.loads(home.run("report", "--day", full["day"], "--json"))["total"]
    assert full["energy_kwh"] == own_day["energy_kwh"]
    assert full["cost_eur"] == pytest.approx(own_day["cost_eur"], abs=0.011)


def test_pushing_again_sends_nothing(sent):
    home, folder, _ = sent
    assert "Sent: nothing (0.0 kB)" in home.run(
        "fleet", "push", "--to", folder.as_uri(), "--detail", "ids"
    )


def test_a_fleet_is_a_table_and_csv(sent):
    home, folder, _ = sent
    month = months_of(folder)[-1]
    table = report_of(home, folder, "--month", month, "--by", "appliance")
    rows = list(
        csv.DictReader(
            io.StringIO(report_of(home, folder, "--month", month, "--by", "appliance", "--csv"))
        )
    )
    assert rows[-1]["appliance"] == "total"
    for row in rows[:-1]:
        assert row["appliance"] in table


def test_wrong_words_are_answered_with_a_remedy(sent):
    home, folder, _ = sent
    assert "say where to" in home.run("fleet", "push", code=1)
    assert "mount" in home.run("fleet", "push", "--to", "s3://bucket", code=7)
    words = ("fleet", "report", "--source", str(folder))
    assert "write 2026-10" in home.run(*words, "--month", "2026-13", code=1)
    assert "--files" in home.run(*words, "--month", "2026-10", "--engine", "spark", code=1)
    dead = "postgresql://nobody@127.0.0.1:1/none"
    assert "PostgreSQL" in home.run(
        "fleet", "report", "--source", dead, "--month", "2026-10", "--engine", "postgresql", code=7
    )
