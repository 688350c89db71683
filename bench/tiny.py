"""Memory and time of questions about a year on a machine without extras.

python -m bench.tiny --plugs 10

A year of quarter-hours is made of believable appliances; every question is asked by a fresh
process that cannot import DuckDB, pyarrow, pandas or numpy. Printed: peak RSS and seconds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from flatwatt.flat import DERIVATION
from flatwatt.loads import Curve, load_of
from flatwatt.model import QUARTER_MS
from flatwatt.store.files import START
from flatwatt.store.home import Home
from flatwatt.store.quarters import Checkpoint, Quarter, Quarters

DAY_MS = 86_400_000
DAYS = 365
KINDS = ("fridge", "washing_machine", "printer_3d", "desk", "standby", "kettle", "dishwasher")
WRAP = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("duckdb", "pyarrow", "pandas", "numpy", "polars"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Refuse())
from flatwatt.cli import main
try:
    main()
finally:
    sys.stdout.flush()
    # Not getrusage: its peak is inherited from the process that started this one.
    with open("/proc/self/status") as file:
        peak = next(line for line in file if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024, file=sys.stderr)
"""


def make_year(home: Home, plugs: int, end_ms: int) -> int:
    """Write a year of quarter-hours; return how many."""
    home.create()
    kinds = [KINDS[number % len(KINDS)] for number in range(plugs)]
    home.config.write_text(
        "[[tariff]]\nvalid_from = 2020-01-01\nrate_eur_kwh = 0.32\n"
        + "".join(
            f'[plugs.p{number}]\nfamily = "simulated"\nload = "{kind}"\n'
            for number, kind in enumerate(kinds)
        )
    )
    first_ms = (end_ms - DAYS * DAY_MS) // DAY_MS * DAY_MS
    loads = [load_of(kind, number, first_ms) for number, kind in enumerate(kinds)]
    checkpoint = Checkpoint(DERIVATION, START, b"\x80")
    with closing(Quarters(home.quarters)) as store:
        for day_ms in range(first_ms, end_ms, DAY_MS):
            store.write(
                [
                    quarter(number, load, start_ms)
                    for number, load in enumerate(loads)
                    for start_ms in range(day_ms, day_ms + DAY_MS, QUARTER_MS)
                ],
                [],
                checkpoint,
            )
    return DAYS * 96 * plugs


def quarter(number: int, load: Curve, start_ms: int) -> Quarter:
    used_wh = load.energy_wh(start_ms + QUARTER_MS) - load.energy_wh(start_ms)
    power_mw = round(load.power_w(start_ms) * 1000)
    return Quarter(
        f"p{number}", f"sim-{number}", start_ms, round(used_wh * 1000), power_mw, power_mw, 90
    )


def ask(home: Home, *words: str) -> tuple[float, float, int]:
    """Return peak MB, seconds and bytes of the answer."""
    env = {**os.environ, "FLATWATT_HOME": str(home.path)}
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", WRAP, *words], env=env, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begin
    assert done.returncode == 0, done.stderr
    return float(done.stderr.split()[-1]), seconds, len(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plugs", type=int, default=10)
    plugs = parser.parse_args().plugs
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        now_ms = int(time.time() * 1000)
        print(f"{make_year(home, plugs, now_ms)} quarter-hours of {plugs} plugs")
        day = time.strftime("%Y-%m-%d", time.gmtime(now_ms / 1000 - DAYS * 86_400))
        asked = [
            ("version",),
            ("report", "--month", "today", "--json"),
            ("report", "--year", "today", "--json"),
            ("patterns", "--json"),
            ("export", "--resolution", "quarter", "--from", day),
            ("runs", "--json"),
        ]
        for words in asked:
            try:
                peak_mb, seconds, size = ask(home, *words)
            except AssertionError as error:
                print(f"{' '.join(words):45} no answer: {str(error).splitlines()[-2][:60]}")
                continue
            print(f"{' '.join(words):45} {peak_mb:6.1f} MB {seconds:6.2f} s {size:10} B")


if __name__ == "__main__":
    main()
