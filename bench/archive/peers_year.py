"""The year's questions, as `bench.archive.peers` asks each engine: rows of whole numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from bench.archive.quarters import BERLIN, YEAR, Hourly
from flatwatt.report.calendar import Calendar, day_number
from flatwatt.store import questions
from flatwatt.store.asking import Page
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarters

Rows = list[tuple[Any, ...]]
Frame: TypeAlias = Any
"""Of a library that may be absent."""
Asks = dict[str, Callable[[], Rows]]
DAYS = (day_number(YEAR.first), day_number(YEAR.last) + 1)
BY = {"daily by appliance": ("local_day", "appliance"), "hour of week": ("weekday", "local_hour")}
PEAKS = "15-min peaks"
TEXTS = {name: questions.energy(*DAYS, by) for name, by in BY.items()} | {
    PEAKS: questions.peaks(*DAYS)
}


@contextmanager
def flatwatt_sums(folder: Path) -> Iterator[Asks]:
    store = Quarters(Home(folder / "home").quarters, read_only=True)

    def page() -> Page:
        return Page(store, Calendar(BERLIN, Hourly()), DAYS)

    def summed(by: tuple[str, ...]) -> Rows:
        found = page().sums(by)
        return [(*key, *msgspec.structs.astuple(sums)) for key, sums in found.items()]

    asks: Asks = {name: lambda by=by: summed(by) for name, by in BY.items()}  # type: ignore[misc]
    yield asks | {PEAKS: lambda: [*page().peaks()]}
    store.close()


@contextmanager
def sqlite(folder: Path) -> Iterator[Asks]:
    store = Quarters(Home(folder / "home").quarters, read_only=True)
    with store.asking() as book:
        yield {
            name: lambda text=text: book.execute(text).fetchall()  # type: ignore[misc]
            for name, text in TEXTS.items()
        }
    store.close()


@contextmanager
def duckdb(folder: Path) -> Iterator[Asks]:
    file = str(folder / "year.duckdb")
    with import_module("duckdb").connect(file, read_only=True, config={"threads": 1}) as book:
        yield {
            name: lambda text=text: book.execute(text).fetchall()  # type: ignore[misc]
            for name, text in TEXTS.items()
        }


@contextmanager
def polars(folder: Path) -> Iterator[Asks]:
    pl = import_module("polars")
    energy, rate = pl.col("energy_mwh"), pl.col("rate_ueur_kwh")

    def joined() -> Frame:
        slot = pl.scan_parquet(folder / "slot.parquet").filter(
            pl.col("local_day").is_between(DAYS[0], DAYS[1] - 1)
        )
        return pl.scan_parquet(folder / "quarter.parquet").join(slot, on="start_s")

    def summed(by: tuple[str, ...]) -> Rows:
        sums = joined().group_by(by).agg(
            pl.len(), energy.sum(), (energy * rate).sum().alias("cost"),
            energy.filter(rate.is_null()).sum().alias("unpriced"), pl.col("power_min_mw").min(),
            pl.col("power_max_mw").max(), pl.col("readings", "missing_ms").sum(),
        )  # fmt: skip
        return [*sums.collect().rows()]

    def peaks() -> Rows:
        sums = joined().group_by("local_day", "start_s").agg(energy.sum())
        first = pl.col("start_s").filter(energy == energy.max()).min()
        return [*sums.group_by("local_day").agg(first, energy.max()).collect().rows()]

    asks: Asks = {name: lambda by=by: summed(by) for name, by in BY.items()}  # type: ignore[misc]
    yield asks | {PEAKS: peaks}


@contextmanager
def pandas(folder: Path) -> Iterator[Asks]:
    pd = import_module("pandas")

    def joined(keys: tuple[str, ...], measured: list[str]) -> Frame:
        of_quarter = [*measured, *(key for key in keys if key in questions.OF_QUARTER)]
        of_slot = {"start_s", "local_day", "rate_ueur_kwh", *keys} - questions.OF_QUARTER
        slot = pd.read_parquet(folder / "slot.parquet", columns=sorted(of_slot))
        slot = slot[slot["local_day"].between(DAYS[0], DAYS[1] - 1)]
        quarter = pd.read_parquet(folder / "quarter.parquet", columns=["start_s", *of_quarter])
        return quarter.merge(slot, on="start_s")

    def summed(by: tuple[str, ...]) -> Rows:
        measured = ["energy_mwh", "power_min_mw", "power_max_mw", "readings", "missing_ms"]
        rows = joined(by, measured)
        priced = rows["rate_ueur_kwh"].notna()
        rows["cost"] = rows["energy_mwh"] * rows["rate_ueur_kwh"].fillna(0).astype("int64")
        rows["unpriced"] = rows["energy_mwh"].mask(priced, 0)
        sums = rows.groupby(list(by), sort=False).agg(
            quarters=("energy_mwh", "size"), energy=("energy_mwh", "sum"), cost=("cost", "sum"),
            unpriced=("unpriced", "sum"), low=("power_min_mw", "min"),
            high=("power_max_mw", "max"), readings=("readings", "sum"),
            missing=("missing_ms", "sum"),
        )  # fmt: skip
        return [*sums.reset_index().itertuples(index=False, name=None)]

    def peaks() -> Rows:
        rows = joined((), ["energy_mwh"])
        sums = rows.groupby(["local_day", "start_s"])["energy_mwh"].sum().reset_index()
        tops = sums.loc[sums.groupby("local_day")["energy_mwh"].idxmax()]
        return [*tops.itertuples(index=False, name=None)]

    asks: Asks = {name: lambda by=by: summed(by) for name, by in BY.items()}  # type: ignore[misc]
    yield asks | {PEAKS: peaks}


ENGINES = {
    "flatwatt": flatwatt_sums,
    "SQLite, plain": sqlite,
    "DuckDB": duckdb,
    "Polars": polars,
    "pandas": pandas,
}
