"""The same question has the same answer on both engines, and none can do harm."""

import json

import duckdb
import pytest
from tests.intake.homes import BERLIN, NOON_MS, new_home, open_flat, record

from flatwatt.errors import UsageError
from flatwatt.model import Reading
from flatwatt.report.periods import Period, local_day
from flatwatt.tables import duck, lite
from flatwatt.tables.answer import Limits
from flatwatt.tables.views import NAMES, Asked, everything, named_in

ENGINES = pytest.mark.parametrize("engine", [duck, lite], ids=["duckdb", "sqlite"])


@pytest.fixture
def asked(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS + n * 10_000, id_, f"tasmota-{id_}", watt, 5000.0 + n * watt / 360)
        for n in range(2000)
        for id_, watt in (("fridge", 50.5), ("washer", 2000.0 if 60 <= n < 500 else 1.0))
    ])  # fmt: skip
    flat = open_flat(home, watch=True)
    yield Asked(home, flat, everything(home, Period(local_day(0, BERLIN), local_day(0, BERLIN))))
    flat.close()


def ask(engine, sql, asked, **limits):
    with engine.ask(sql, asked, Limits(**limits)) as answer:
        return answer.names, [tuple(row) for row in answer.rows]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT appliance, sum(energy_mwh) FROM quarters GROUP BY appliance ORDER BY 1",
        """SELECT day, hour, sum(energy_mwh * rate_ueur_kwh) AS cost FROM quarters
        JOIN slots USING (start_ms) GROUP BY day, hour ORDER BY 1, 2""",
        "SELECT * FROM slots ORDER BY start_ms LIMIT 100",
        "SELECT * FROM quarters ORDER BY start_ms, appliance",
        "SELECT * FROM readings ORDER BY at_ms, appliance LIMIT 500",
        """SELECT count(*) AS n, max(power_w) AS w, min(at_ms) AS first FROM readings
        WHERE appliance = 'washer'""",
        "SELECT * FROM runs ORDER BY start_ms",
        "SELECT * FROM events ORDER BY at_ms, id",
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
    ],
)
def test_both_engines_say_the_same(asked, sql):
    found = ask(duck, sql, asked)
    assert found == ask(lite, sql, asked)
    assert found[1]


def test_a_run_and_its_events_are_there(asked):
    _names, runs = ask(lite, "SELECT appliance, energy_wh FROM runs", asked)
    assert [each[0] for each in runs] == ["washer"]
    _names, events = ask(lite, "SELECT kind, data FROM events ORDER BY at_ms", asked)
    assert events[0][0] == "device_started"
    assert all(json.loads(each[1]) for each in events)


@ENGINES
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM quarters",
        "INSERT INTO slots VALUES (1, 'x', 1, 1, 1)",
        "CREATE TABLE x (a INT)",
        "DROP TABLE quarters",
        "UPDATE quarters SET energy_mwh = 0",
        "ATTACH '{home}/state.sqlite' AS x",
        "COPY (SELECT 1) TO '{home}/x.csv'",
        "COPY quarters FROM '{home}/flatwatt.toml'",
        "EXPORT DATABASE '{home}/x'",
        "PRAGMA hard_heap_limit=0",
        "SET memory_limit='9GB'",
        "SET enable_external_access=true",
        "INSTALL httpfs",
        "LOAD httpfs",
        "VACUUM INTO '{home}/x'",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE quarters",
        "SELECT * FROM read_text('{home}/flatwatt.toml')",
        "SELECT * FROM read_csv('{home}/flatwatt.toml')",
        "SELECT * FROM '{home}/secrets.toml'",
        "SELECT * FROM glob('{home}/*')",
        "SELECT load_extension('x')",
        "SELECT getenv('HOME')",
        "SELECT * FROM tables_of_this_test",
        "nonsense",
        "",
    ],
)
def test_nothing_is_written_and_no_other_file_is_read(asked, engine, sql):
    home = asked.home.path
    tables_of_this_test = duckdb.sql("SELECT 1 AS x")  # DuckDB would find it by its name
    assert tables_of_this_test
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    with pytest.raises(UsageError):
        ask(engine, sql.format(home=home), asked)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


@ENGINES
def test_a_question_without_end_is_broken_off(asked, engine):
    endless = (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT sum(n) FROM t"
    )
    with pytest.raises(UsageError, match=r"no answer within 0.3 s"):
        ask(engine, endless, asked, seconds=0.3)


def test_days_limit_what_is_read(asked):
    earlier = asked._replace(period=Period(local_day(0, BERLIN), local_day(0, BERLIN)))
    for engine in (duck, lite):
        assert ask(engine, "SELECT count(*) FROM readings", earlier)[1] == [(0,)]


def test_only_views_that_are_named_are_made():
    assert named_in("SELECT * FROM Quarters JOIN slots") == {"quarters", "slots"}
    assert named_in("SELECT 1") == frozenset()
    assert set(NAMES) == {"readings", "quarters", "slots", "runs", "events"}


def test_a_view_too_large_for_memory_says_what_to_do(asked, monkeypatch):
    monkeypatch.setattr(lite, "MOST_ROWS", 100)
    with pytest.raises(UsageError, match="readings has more than 100 rows; choose fewer days"):
        ask(lite, "SELECT * FROM readings", asked)
