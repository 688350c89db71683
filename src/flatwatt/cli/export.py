"""Rows of readings and quarter-hours as CSV, English or German."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from flatwatt.errors import StoreError
from flatwatt.model import Flag
from flatwatt.money.cost import cost_of
from flatwatt.report.periods import Period, local_time
from flatwatt.store.home import Home
from flatwatt.store.readings import read_days

if TYPE_CHECKING:
    from flatwatt.flat import Flat

RAW_COLUMNS = ("time", "utc_offset", "appliance", "plug", "power_w", "energy_wh", "voltage_v",
               "flags")  # fmt: skip
QUARTER_COLUMNS = ("start", "utc_offset", "appliance", "plug", "energy_wh", "cost_eur",
                   "power_min_w", "power_max_w", "readings", "missing_s")  # fmt: skip


def raw_rows(
    home: Home, zone: tzinfo, period: Period, appliance: str, *, german: bool
) -> Iterator[list[object]]:
    """Yield the readings of some local days."""
    for readings in read_days(home.readings, period.first, period.last):
        for each in readings:
            if not appliance or each.appliance == appliance:
                flags = "|".join(flag.name.lower() for flag in Flag(each.flags) if flag.name)
                yield [
                    *_local(each.at_ms, zone, german=german), each.appliance, each.plug,
                    each.power_w, each.energy_wh, each.voltage_v, flags,
                ]  # fmt: skip


def quarter_rows(
    flat: "Flat", period: Period, appliance: str, *, german: bool
) -> Iterator[list[object]]:
    """Yield the quarter-hours of some local days, priced."""
    for each in flat.quarters(*period.bounds_ms(flat.zone)):
        if not appliance or each.appliance == appliance:
            cost = cost_of([(each.start_ms, each.energy_mwh)], flat.tariff)
            low, high = each.power_min_mw, each.power_max_mw
            yield [
                *_local(each.start_ms, flat.zone, german=german), each.appliance, each.plug,
                each.energy_mwh / 1000, float(cost.eur) if cost.known else None,
                None if low is None else low / 1000, None if high is None else high / 1000,
                each.readings, each.missing_ms // 1000,
            ]  # fmt: skip


def _local(at_ms: int, zone: tzinfo, *, german: bool) -> tuple[str, str]:
    """Return local time and offset; LibreOffice knows a date by its T, Excel by having none."""
    at = local_time(at_ms, zone)
    offset = f"{at:%z}"
    time = f"{at:%Y-%m-%d %H:%M:%S}" if german else f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}"
    return time, f"{offset[:3]}:{offset[3:]}"


def write_csv(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    out: Path | None = None,
    german: bool = False,
) -> None:
    """Write CSV to a file or standard output; empty cells where nothing is known.

    Raises:
        StoreError: the file cannot be written.
    """
    with ExitStack() as stack:
        try:
            stream = (
                stack.enter_context(out.open("w", encoding="utf-8-sig", newline=""))
                if out
                else sys.stdout
            )
            writer = csv.writer(stream, delimiter=";" if german else ",", lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_cell(value, german=german) for value in row] for row in rows)
        except OSError as error:
            raise StoreError(f"{out or 'standard output'} cannot be written: {error}") from error


def _cell(value: object, *, german: bool) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if german else text
    if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and not value[1:2].isdigit():
        return f"'{value}"  # a spreadsheet would run it as a formula
    return value
