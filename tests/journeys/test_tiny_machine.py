"""A 32-bit Pi has no wheel of DuckDB, pyarrow, pandas or numpy: every question is answered."""

import json
import subprocess
import sys

import pytest
from tests.journeys.conftest import Command

HEAVY = ("duckdb", "pyarrow", "pandas", "numpy", "polars", "pyspark", "pysail", "psycopg")
REFUSE = f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(f"no wheel of {{name}} for this machine", name=name)

sys.meta_path.insert(0, Refuse())
from flatwatt.cli import main
sys.exit(main())
"""
ASKED = [
    ("report",),
    ("report", "--week", "today"),
    ("report", "--month", "today", "--json"),
    ("report", "--month", "today", "--csv"),
    ("runs",),
    ("runs", "stats", "--appliance", "washer"),
    ("runs", "--json"),
    ("runs", "corrections"),
    ("patterns",),
    ("patterns", "--json"),
    ("export", "--resolution", "quarter"),
    ("export", "--resolution", "quarter", "--german"),
    ("export",),
    ("appliance", "list"),
    ("appliance", "show", "washer"),
    ("live", "--once", "--plain"),
    ("record", "prune", "--keep-days", "7"),
    ("check",),
]


def on_a_tiny_machine(command: Command, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REFUSE, *words],
        env=command.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_every_question_is_answered_without_the_heavy_libraries(performed, words):
    command, _ = performed
    done = on_a_tiny_machine(command, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if "--json" in words:
        json.loads(done.stdout)


def test_status_too_though_it_asks_for_a_person_when_nobody_records(performed):
    command, _ = performed
    done = on_a_tiny_machine(command, "status", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["needs"]
