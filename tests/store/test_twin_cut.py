"""The archive's work, killed before every single change it makes to a file."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.store.twin_days import DECEMBER, FIRST, SECOND, asked, by_plug, days, in_csv, written

from flatwatt.store.twin.keep import Keeping, due, prune
from flatwatt.store.twin.steps import Job, Step, encode
from flatwatt.store.twin.twin import Twin

ROOT = Path(__file__).parents[2]
WORK = """
import os, sys
from datetime import date
from pathlib import Path
from flatwatt.store.twin.keep import Keeping, due, prune
from flatwatt.store.twin.twin import Twin
import duckdb
home, left = Path(sys.argv[1]), int(sys.argv[2])
def cut(event, args):
    global left
    changes = event in ("os.rename", "os.remove", "os.mkdir") or (
        event == "open" and args[1] is not None and set(args[1]) & set("wa+"))
    if changes and str(args[0]).startswith(str(home)):
        left -= 1
        if left == 0:
            os._exit(9)
sys.addaudithook(cut)
twin, today = Twin(home / "sealed", home / "readings"), date(2026, 12, 3)
keeping = Keeping("gzip", 2)
with twin.lock():
    failed = twin.work(twin.unsealed(today), today, lambda day: None)
    for day in due(twin, today, keeping):
        prune(twin, day, keeping)
sys.exit(bool(failed))
"""


def run(home, cut_before):
    command = [sys.executable, "-c", WORK, str(home), str(cut_before)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def finish(twin):
    keeping = Keeping("gzip", 2)
    with twin.lock():
        assert twin.work(twin.unsealed(DECEMBER), DECEMBER, lambda day: None) == []
        for day in due(twin, DECEMBER, keeping):
            prune(twin, day, keeping)


def assert_all_there(twin, readings):
    assert by_plug(in_csv(twin)) == by_plug(readings), "the record is whole"
    assert by_plug(asked(twin)) == by_plug(readings), "and every question is answered"


def assert_finished(twin):
    left = [path.name for path in twin.folder.rglob("*") if path.name.endswith((".part", ".csv"))]
    assert left == []
    assert sorted(twin.manifest().files) == ["2026/2026-10.parquet", "2026/2026-11.parquet"]
    files = sorted(each.name for each in twin.readings.rglob("*.*"))
    assert files == [f"{day}.csv.gz" for day in (FIRST, SECOND)]
    for day in (FIRST, SECOND):
        twin.verify(day)


def test_killed_before_any_change_of_a_file_nothing_is_lost_and_it_starts_over(tmp_path):
    readings = days(2, every_ms=3_600_000)
    cuts = 0
    while True:
        home = tmp_path / str(cuts)
        twin = written(home, readings)
        code = run(home, cuts + 1)
        assert code in (0, 9)
        assert_all_there(twin, readings)
        finish(twin)
        assert_all_there(twin, readings)
        with twin.lock():
            assert_finished(twin)
        if code == 0:
            break
        cuts += 1
    assert cuts > 20, "every change was cut at"


def test_killed_at_any_moment_while_sealing_it_starts_over(tmp_path):
    readings = days(1, every_ms=5_000)
    twin = written(tmp_path, readings)
    job = Job(twin.folder, twin.readings, None, Step("seal", FIRST), Keeping())
    for tenth in range(2, 12):
        process = subprocess.Popen(
            [sys.executable, "-m", "flatwatt.store.twin", encode(job)], cwd=ROOT, env=os.environ
        )
        time.sleep(tenth / 10)
        process.kill()
        process.wait()
        assert by_plug(asked(twin, FIRST, FIRST)) == by_plug(readings)
    again = Twin(twin.folder, twin.readings)
    with again.lock():
        again.seal(FIRST)
        again.verify(FIRST)
    assert [each.name for each in twin.folder.rglob("*.part")] == []
