"""Questions about raw readings of any days: sealed ones from Parquet, the others from CSV.

Bucket-first: rows are gathered by quarter-hour in one pass, and only the few buckets are put
in order. A year of ten plugs then needs no more memory than a day. For other questions the
views `readings` and `lean` (the same without voltage, cheaper) stand open to SQL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from flatwatt.model import QUARTER_MS, Reading
from flatwatt.store.twin.columns import csv_rows, fill, restored
from flatwatt.store.twin.engine import MEMORY_MB, Engine, engine, listed, quoted
from flatwatt.store.twin.manifest import Manifest
from flatwatt.store.twin.source import check, files_by_day
from flatwatt.store.twin.stored import stored_rows
from flatwatt.store.twin.twin import Twin

_NOTHING = (
    "SELECT NULL::DATE AS day, NULL::BIGINT AS at_ms, NULL::VARCHAR AS appliance, "
    "NULL::VARCHAR AS plug, NULL::INT AS turn, NULL::DOUBLE AS power_w, "
    "NULL::DOUBLE AS energy_wh, NULL::DOUBLE AS voltage_v, NULL::INT AS flags WHERE false"
)
_UNSEALED = (
    "SELECT DATE $day AS day, at_ms, appliance, plug, 0 AS turn, power_w, energy_wh, "
    "voltage_v, flags FROM ($csv)"
)
_BUCKETS = """
CREATE VIEW buckets AS
SELECT appliance, plug, day, at_ms // $quarter * $quarter AS start_ms, count(*) AS readings,
    min(power_w) AS power_min_w, max(power_w) AS power_max_w,
    arg_min(energy_wh, at_ms) AS first_wh, arg_max(energy_wh, at_ms) AS last_wh
FROM lean GROUP BY ALL
"""
_ENERGY = """
WITH rises AS (
    SELECT appliance, plug, day, readings, round(1000 * (
        coalesce(lead(first_wh) OVER by_plug, last_wh) - first_wh))::BIGINT AS rise_mwh
    FROM buckets WHERE first_wh IS NOT NULL
    WINDOW by_plug AS (PARTITION BY appliance, plug ORDER BY start_ms)
)
SELECT appliance, plug, day::VARCHAR, coalesce(sum(rise_mwh) FILTER (rise_mwh > 0), 0)::BIGINT,
    count(*) FILTER (rise_mwh < 0), sum(readings)::BIGINT
FROM rises GROUP BY ALL ORDER BY ALL
"""
_QUANTILES = """
WITH heights AS (
    SELECT appliance, power_w, count(*) AS n FROM lean WHERE power_w IS NOT NULL GROUP BY ALL
), ranks AS (
    SELECT appliance, power_w, sum(n) OVER (PARTITION BY appliance ORDER BY power_w) AS upto,
        sum(n) OVER (PARTITION BY appliance) AS whole
    FROM heights
)
SELECT appliance, q.share, min(power_w) FROM ranks, (SELECT unnest($$shares) AS share) q
WHERE upto >= q.share * whole GROUP BY ALL ORDER BY ALL
"""
_READINGS = """
SELECT at_ms, appliance, plug, power_w, energy_wh, voltage_v, flags FROM readings
WHERE $$appliance = '' OR appliance = $$appliance ORDER BY at_ms, appliance, plug, turn
"""


class DayEnergy(Struct, frozen=True):
    """What one plug's counter rose by on one local day.

    Attributes:
        appliance, plug: ids.
        day: `2026-11-22`.
        energy_mwh: sum of the rises; what fell is left out and counted in `falls`.
        falls: quarter-hours after which the counter stood lower: resets and wraps.
        readings: that had a counter's quarter-hour.
    """

    appliance: str
    plug: str
    day: str
    energy_mwh: int
    falls: int
    readings: int


class Raw:
    """Raw readings of some days, open for questions."""

    def __init__(self, opened: Engine) -> None:
        self.engine = opened

    def energy(self) -> list[DayEnergy]:
        """Return each plug's energy by its counter, day by day."""
        return [DayEnergy(*row) for row in self.engine.rows(_ENERGY)]

    def quantiles(self, shares: Sequence[float]) -> dict[str, dict[float, float]]:
        """Return, by appliance, the power in W that a share (0 to 1) of readings keeps within.

        Exact: the least power so that at least this share of the readings is not above it.
        """
        found: dict[str, dict[float, float]] = {}
        sql = fill(_QUANTILES)
        for appliance, share, power_w in self.engine.rows(sql, {"shares": list(shares)}):
            found.setdefault(appliance, {})[share] = power_w
        return found

    def readings(self, appliance: str = "") -> Iterator[list[Reading]]:
        """Yield the readings by time, all of them or one appliance's."""
        for some in self.engine.stream(fill(_READINGS), {"appliance": appliance}):
            yield [Reading(*row) for row in some]


@contextmanager
def ask(
    twin: Twin, first: date, last: date, *, memory_mb: int = MEMORY_MB, threads: int = 1
) -> Iterator[Raw]:
    """Open the readings of some local days, both ends included.

    Days that are not sealed, or whose CSV has grown since, are read from the CSV.

    Raises:
        StoreError: the extra is missing or a file cannot be read.
    """
    with (
        TemporaryDirectory(prefix="flatwatt-") as made,
        engine(Path(made) / "spill", memory_mb=memory_mb, threads=threads) as opened,
    ):
        present = twin.manifest()
        plain = _unsealed(twin, present, (first.isoformat(), last.isoformat()), Path(made))
        days = [
            each
            for day, each in sorted(present.days.items())
            if first.isoformat() <= day <= last.isoformat() and day not in plain
        ]
        for name, voltage in (("readings", True), ("lean", False)):
            parts = [_NOTHING]
            if days:
                parts.append(restored(f"({stored_rows(twin.folder, days)})", voltage=voltage))
            parts += [fill(_UNSEALED, day=quoted(day), csv=csv) for day, csv in plain.items()]
            opened.run(
                f"CREATE VIEW {name} AS {' UNION ALL '.join(f'({each})' for each in parts)}"
            )
        opened.run(fill(_BUCKETS, quarter=QUARTER_MS))
        yield Raw(opened)


def _unsealed(
    twin: Twin, present: Manifest, span: tuple[str, str], scratch: Path
) -> dict[str, str]:
    """Return the SELECT of each day that must come from CSV."""
    found: dict[str, str] = {}
    for day, files in files_by_day(twin.folders, *span).items():
        if not twin.fresh(present, day, files):
            checked = check(files, scratch / f"{day}.csv", growing=True)
            found[day] = csv_rows(listed(checked.files), header=checked.header)
    return found
