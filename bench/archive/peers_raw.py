"""Questions about raw readings, as `bench.archive.peers` asks each engine: whole numbers.

Daily energy: (plug, day from 0, mWh the counter rose by). Quarter-hours: (plug, start_ms,
readings, highest power in tenths of a watt).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path

from bench.archive.peers_year import Asks, Frame, Rows
from bench.archive.twin_rows import DAY_MS, ORIGIN_MS
from flatwatt.model import QUARTER_MS
from flatwatt.store.twin.questions import ask
from flatwatt.store.twin.twin import Twin

FIRST, LAST = date(2026, 6, 1), date(2026, 10, 31)
DAILY, QUARTERS = "raw: daily energy", "raw: 15-min extremes"
_HIGHS = "SELECT plug, start_ms, readings, round(10 * power_max_w)::BIGINT AS high FROM buckets"


@contextmanager
def twin(folder: Path) -> Iterator[Asks]:
    found = Twin(folder / "month" / "sealed", folder / "month" / "readings")

    def daily() -> Rows:
        with ask(found, FIRST, LAST) as raw:
            return [
                (each.plug, (date.fromisoformat(each.day) - FIRST).days, each.energy_mwh)
                for each in raw.energy()
            ]

    def highs() -> Rows:
        with ask(found, FIRST, LAST) as raw:
            return raw.engine.rows(_HIGHS)

    yield {DAILY: daily, QUARTERS: highs}


@contextmanager
def polars(folder: Path) -> Iterator[Asks]:
    """Over Parquet in the order of plug and time, so first and last need no sorting."""
    pl = import_module("polars")
    at, power, energy = pl.col("at_ms"), pl.col("power_w"), pl.col("energy_wh")
    start = (at // QUARTER_MS * QUARTER_MS).alias("start_ms")

    def daily() -> Rows:
        buckets = (
            pl.scan_parquet(folder / "raw.parquet")
            .group_by("plug", start)
            .agg(energy.first().alias("low"), energy.last().alias("high"))
            .sort("plug", "start_ms")
        )
        after = pl.col("low").shift(-1).over("plug").fill_null(pl.col("high"))
        rise = ((after - pl.col("low")) * 1000).round().cast(pl.Int64).alias("rise")
        day = ((pl.col("start_ms") - ORIGIN_MS) // DAY_MS).alias("day")
        rises = buckets.select("plug", day, rise).filter(pl.col("rise") > 0)
        return [*rises.group_by("plug", "day").agg(pl.col("rise").sum()).collect().rows()]

    def highs() -> Rows:
        rows = pl.scan_parquet(folder / "raw.parquet").group_by("plug", start)
        high = (power.max() * 10).round().cast(pl.Int64)
        return [*rows.agg(pl.len(), high).collect().rows()]

    yield {DAILY: daily, QUARTERS: highs}


@contextmanager
def pandas(folder: Path) -> Iterator[Asks]:
    """Over the same Parquet as Polars."""
    pd = import_module("pandas")

    def grouped(column: str) -> Frame:
        rows = pd.read_parquet(folder / "raw.parquet", columns=["plug", "at_ms", column])
        rows["start_ms"] = rows["at_ms"] // QUARTER_MS * QUARTER_MS
        return rows.groupby(["plug", "start_ms"])[column]

    def daily() -> Rows:
        buckets = grouped("energy_wh").agg(["first", "last"]).reset_index()
        after = buckets.groupby("plug")["first"].shift(-1).fillna(buckets["last"])
        buckets["rise"] = ((after - buckets["first"]) * 1000).round().astype("int64")
        buckets["day"] = (buckets["start_ms"] - ORIGIN_MS) // DAY_MS
        sums = buckets[buckets["rise"] > 0].groupby(["plug", "day"])["rise"].sum()
        return [*sums.reset_index().itertuples(index=False, name=None)]

    def highs() -> Rows:
        found = grouped("power_w").agg(["size", "max"]).reset_index()
        found["max"] = (found["max"] * 10).round().astype("int64")
        return [*found.itertuples(index=False, name=None)]

    yield {DAILY: daily, QUARTERS: highs}


ENGINES = {"flatwatt": twin, "Polars": polars, "pandas": pandas}
