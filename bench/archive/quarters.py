"""A year of quarter-hours: how long each question takes.

python -m bench.archive.quarters [--plugs 10] [--keep DIR]

Generates a year of a flat straight into `derived/quarters.sqlite`, then asks it, warm and
cold, under hourly dynamic rates and under three rates a day. CPU milliseconds, the middle of
five; DuckDB beside it where it is installed.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from flatwatt.config import load
from flatwatt.flat import Flat
from flatwatt.looking import DERIVATION, tariff_of
from flatwatt.model import QUARTER_MS, Run
from flatwatt.money.tariff import Prices, Rate
from flatwatt.opening import counters
from flatwatt.packing import KEPT_S, Hour, packed
from flatwatt.report.calendar import Calendar, day_number
from flatwatt.report.periods import Period, year_period
from flatwatt.store import questions
from flatwatt.store.asking import Page
from flatwatt.store.home import Home
from flatwatt.store.minutes import PackedHour
from flatwatt.store.quarters import Checkpoint, Quarter, Quarters
from flatwatt.store.readings import Position

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = year_period(date(2025, 1, 1))
HOUR_MS = 3_600_000
KINDS = ("fridge", "washer", "printer", "dryer", "tv", "desk", "router", "kettle", "dishwasher",
         "lamp")  # fmt: skip
ROUNDS = 5
_CONFIG = """[flat]
name = "A generated flat"
[[tariff]]
valid_from = 2020-01-01
rate_eur_kwh = 0.3141
base_fee_eur_month = 12.0
"""


class Hourly:
    """Another rate each hour."""

    def rate_at(self, at_ms: int) -> Rate:
        hour = at_ms // HOUR_MS
        return Rate(hour * HOUR_MS, (hour + 1) * HOUR_MS, Decimal(hour * 7919 % 400) / 1000)


class TimesOfDay:
    """Night, day and evening."""

    def rate_at(self, at_ms: int) -> Rate:
        hour = at_ms // HOUR_MS
        cents = 22 if hour % 24 < 5 else 38 if 16 <= hour % 24 < 20 else 31
        return Rate(hour * HOUR_MS, (hour + 1) * HOUR_MS, Decimal(cents) / 100)


def year_of(plugs: int, dice: Random) -> Iterator[Quarter]:
    """Yield a year of quarter-hours: a standby, and runs of some hours."""
    start_ms, end_ms = YEAR.bounds_ms(BERLIN)
    for number in range(plugs):
        name = f"{KINDS[number % len(KINDS)]}{number // len(KINDS) or ''}"
        rest_mwh, busy_until_ms, peak_mw = 200 + 137 * number, 0, 60_000 * (number + 1)
        for at_ms in range(start_ms, end_ms, QUARTER_MS):
            if at_ms >= busy_until_ms and dice.random() < 0.01:
                busy_until_ms = at_ms + dice.randrange(2, 12) * QUARTER_MS
            busy = at_ms < busy_until_ms
            energy_mwh = dice.randrange(peak_mw // 8) if busy else rest_mwh + dice.randrange(40)
            top_mw = peak_mw + dice.randrange(50_000) if busy else rest_mwh * 4 + 900
            yield Quarter(
                name, f"shelly-5432040{number:05x}-0", at_ms, energy_mwh, rest_mwh * 3, top_mw, 90
            )


def runs_of(plugs: int) -> Iterator[Run]:
    """Yield three runs a week of each appliance."""
    start_ms, end_ms = YEAR.bounds_ms(BERLIN)
    for number in range(plugs):
        name = f"{KINDS[number % len(KINDS)]}{number // len(KINDS) or ''}"
        for at_ms in range(start_ms + number * HOUR_MS, end_ms - 4 * HOUR_MS, 56 * HOUR_MS):
            slices = tuple((at_ms + n * QUARTER_MS, 90_000) for n in range(8))
            until_ms = at_ms + 2 * HOUR_MS
            yield Run(f"{name}-{at_ms}", name, at_ms, until_ms, 720_000, 2000.0, slices)


def minutes_of(plugs: int, dice: Random) -> Iterator[PackedHour]:
    """Yield the minutes of the year's last month."""
    end_s = YEAR.bounds_ms(BERLIN)[1] // 1000
    for number in range(plugs):
        name = f"{KINDS[number % len(KINDS)]}{number // len(KINDS) or ''}"
        for hour_s in range(end_s - KEPT_S, end_s, 3600):
            lows = [dice.randrange(9000) for _ in range(60)]
            hour = Hour(hour_s, [*lows], [low + dice.randrange(90_000) for low in lows], lows)
            yield name, hour_s, packed(hour)


def fill(home: Home, plugs: int, prices: Prices) -> float:
    """Generate a home; return the CPU seconds of writing and summing."""
    home.create()
    tables = [f'[plugs.{KINDS[n % len(KINDS)]}{n // len(KINDS) or ""}]\nfamily = "simulated"\n'
              for n in range(plugs)]  # fmt: skip
    home.config.write_text(_CONFIG + "".join(tables), encoding="utf-8")
    quarters, runs = list(year_of(plugs, Random(5))), list(runs_of(plugs))
    hours = tuple(minutes_of(plugs, Random(6)))
    store = Quarters(home.quarters, maker=Calendar(BERLIN, prices))
    began = time.process_time()
    state = msgspec.msgpack.encode({"trackers": {}, "minutes": {}})
    store.write(quarters, runs, Checkpoint(DERIVATION, Position("", 0), state, hours))
    took = time.process_time() - began
    store.close()
    return took


def middle_ms(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        ask()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def asked(store: Quarters, calendar: Calendar, period: Period) -> dict[str, float]:
    """Return milliseconds by question, the opening of the page included."""
    days = (day_number(period.first), day_number(period.last) + 1)

    def of(*by: str) -> Callable[[], object]:
        def ask() -> object:
            page = Page(store, calendar, days)
            try:
                return page.sums(by)
            finally:
                page.close()

        return ask

    return {
        "daily kWh and cost by appliance": middle_ms(of("local_day", "appliance")),
        "monthly kWh and cost": middle_ms(of("local_month")),
        "hour of week": middle_ms(of("weekday", "local_hour")),
        "by rate": middle_ms(of("rate_ueur_kwh")),
        "peaks, one a day": middle_ms(lambda: Page(store, calendar, days).peaks()),
        "standby, one a day": middle_ms(lambda: Page(store, calendar, days).standby()),
    }


def plain(store: Quarters, period: Period) -> dict[str, tuple[str, float]]:
    """Return (text, milliseconds) of the portable questions, asked of all quarter-hours."""
    days = (day_number(period.first), day_number(period.last) + 1)
    texts = {
        "daily kWh and cost by appliance": questions.energy(*days, ("local_day", "appliance")),
        "monthly kWh and cost": questions.energy(*days, ("local_month",)),
        "hour of week": questions.energy(*days, ("weekday", "local_hour")),
        "by rate": questions.energy(*days, ("rate_ueur_kwh",)),
        "peaks, one a day": questions.peaks(*days),
        "standby, one a day": questions.standby(*days),
    }
    found = {}
    for name, text in texts.items():
        with store.asking() as book:
            began = time.process_time()
            book.execute(text).fetchall()
            found[name] = (text, (time.process_time() - began) * 1000)
    return found


def cold(home: Home, *more: str) -> tuple[float, float]:
    """Return (wall s, CPU s) of a command in a process of its own, the middle of five.

    Modules are compiled, as an installation leaves them.
    """
    walls, cpus = [], []
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env.setdefault("PYTHONPYCACHEPREFIX", str(home.path / "compiled"))
    command = [sys.executable, "-m", "flatwatt", "report", "--home", str(home.path), *more]
    for _ in range(ROUNDS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=env)
        walls.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def duck(store: Quarters, texts: Sequence[str]) -> list[float] | None:
    """Return the milliseconds of the same texts on DuckDB; None where it is not installed."""
    if find_spec("duckdb") is None:
        return None
    engine = import_module("duckdb").connect()
    with store.asking() as book, tempfile.TemporaryDirectory() as folder:
        for table in ("quarter", "slot"):
            cursor = book.execute(f"SELECT * FROM {table}")  # noqa: S608
            columns = ", ".join(
                f"{name} {'VARCHAR' if name in questions.OF_QUARTER else 'BIGINT'}"
                for name, *_ in cursor.description
            )
            file = Path(folder) / f"{table}.csv"
            with file.open("w", encoding="ascii") as out:
                for row in cursor:
                    out.write(",".join("" if cell is None else str(cell) for cell in row) + "\n")
            engine.execute(f"CREATE TABLE {table} ({columns})")
            engine.execute(f"COPY {table} FROM '{file}' (HEADER false)")
    return [middle_ms(lambda text=text: engine.execute(text).fetchall()) for text in texts]


def table(prices: Prices, name: str, home: Home, plugs: int) -> None:
    took = fill(home, plugs, prices)
    size = home.quarters.stat().st_size / 1e6
    print(
        f"\n{name}: {took:.1f} s to write and sum, {size:.1f} MB, {size / plugs:.2f} a plug-year"
    )
    store = Quarters(home.quarters, read_only=True)
    quick, slow = asked(store, Calendar(BERLIN, prices), YEAR), plain(store, YEAR)
    ducks = duck(store, [text for text, _ in slow.values()]) or [None] * len(slow)
    print(f"{'question':34}{'sums ms':>9}{'plain SQL ms':>14}{'DuckDB ms':>11}")
    for (question, ms), (_, plain_ms), duck_ms in zip(
        quick.items(), slow.values(), ducks, strict=True
    ):
        beside = "–" if duck_ms is None else f"{duck_ms:.0f}"
        print(f"{question:34}{ms:9.1f}{plain_ms:14.0f}{beside:>11}")
    store.close()


def charts(home: Home) -> None:
    """Print how long charts of one appliance take, of any stretch before the year's end."""
    end_ms = YEAR.bounds_ms(BERLIN)[1]
    flat = Flat(home, load(home.config, home.secrets, {}).config, counters(), watch=True)
    for days in (1, 7, 15, 16, 31, 62, 365, 1000):
        began = end_ms - days * 24 * HOUR_MS
        found = flat.charts.chart("tv", began, end_ms)
        ms = middle_ms(lambda began=began: flat.charts.chart("tv", began, end_ms))
        print(f"chart of {days:4} days: {len(found):5} buckets {ms:6.1f} ms")
    flat.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--plugs", type=int, default=10)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = options.keep or Path(folder)
        table(Hourly(), "hourly rates", Home(where / "hourly"), options.plugs)
        table(TimesOfDay(), "three rates a day", Home(where / "times"), options.plugs)
        home = Home(where / "fixed")
        home.create()
        home.config.write_text(_CONFIG, encoding="utf-8")
        tariff = tariff_of(load(home.config, home.secrets, {}).config, BERLIN)
        table(tariff, "one rate", home, options.plugs)
        charts(home)
        for more in ((), ("--by", "month", "--compare", "previous"), ("--by", "hour", "--json")):
            wall_s, cpu_s = cold(home, "--year", "2025", *more)
            words = " ".join(("report --year 2025", *more))
            print(f"cold {words:48} {wall_s:.2f} s, CPU {cpu_s:.2f} s")


if __name__ == "__main__":
    main()
