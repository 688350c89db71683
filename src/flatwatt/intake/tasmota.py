"""Tasmota keeps no history; what people have of it are logs of its messages, and InfluxDB."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flatwatt.errors import UsageError
from flatwatt.intake.csvfile import read_csv
from flatwatt.intake.points import Asked, Bad, OnBad, Point
from flatwatt.intake.sheet import look_at, opened, sample_of
from flatwatt.intake.text import ENERGY, POWER, Times, number_of

_DECODER = json.JSONDecoder()
_POWER = ("power", "apower", "energy_power")
_TOTAL = ("total", "energy_total", "energy")


def read_tasmota(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    """Yield what a log of MQTT or console messages, or an export of InfluxDB says.

    A line of a log counts when it holds a message with `Time` and `ENERGY`; a table from
    InfluxDB has `_time`, `_field` and `_value`. Anything else is read as CSV with names.

    Raises:
        StoreError: it cannot be read. UsageError: it is none of these.
    """
    encoding, sample = sample_of(path)
    if '"ENERGY"' in sample:
        yield from _log(path, encoding, asked, bad)
    elif "_value" in sample and "_field" in sample:
        yield from _influx(path, asked, bad)
    else:
        yield from read_csv(path, asked, bad)


def _log(path: Path, encoding: str, asked: Asked, bad: OnBad) -> Iterator[Point]:
    times = Times(asked.zone)
    with opened(path, encoding) as lines:
        for number, line in enumerate(lines, 1):
            start = line.find('{"Time"')
            if start < 0 or '"ENERGY"' not in line or not _of(line[:start], asked.entities):
                continue
            try:
                message, _end = _DECODER.raw_decode(line, start)
                yield _message(message, times, path.name, number)
            except (ValueError, KeyError, TypeError) as error:
                bad(Bad(path.name, number, f"is not understood: {error}"))


def _of(before: str, entities: Sequence[str]) -> bool:
    return not entities or any(each in before for each in entities)


def _message(message: Mapping[str, object], times: Times, file: str, line: int) -> Point:
    energy = message["ENERGY"]
    if not isinstance(energy, dict):
        raise TypeError("ENERGY is no object")
    total = _plain(energy.get("Total"))
    return Point(
        times.ms_of(str(message["Time"])),
        power_w=_plain(energy.get("Power")),
        counter_wh=None if total is None else total * 1000,
        voltage_v=_plain(energy.get("Voltage")),
        file=file,
        line=line,
    )


def _plain(value: object) -> float | None:
    if isinstance(value, list):
        raise TypeError("has several channels, which are not told apart")
    return None if value is None else float(str(value))


def _influx(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    sheet, times = look_at(path), Times(asked.zone)
    header: list[str] = []
    seen: dict[str, None] = {}
    for line, cells in sheet.rows():
        if cells[0].startswith("#"):
            continue
        if "_value" in cells:
            header = cells
            continue
        record = dict(zip(header, cells, strict=False))
        if asked.entities and not any(cell in asked.entities for cell in cells):
            continue
        seen["/".join(record[each] for each in header if each in ("_measurement", "topic"))] = None
        try:
            point = _influx_point(record, times, asked, path.name, line)
        except (ValueError, KeyError) as error:
            bad(Bad(path.name, line, f"is not understood: {error}"))
            continue
        if point is not None:
            yield point
    if len(seen) > 1 and not asked.entities:
        raise UsageError(f"the file holds several series: {', '.join(seen)}; choose with --entity")


def _influx_point(
    record: Mapping[str, str], times: Times, asked: Asked, file: str, line: int
) -> Point | None:
    at_ms, field = times.ms_of(record["_time"]), record["_field"].lower()
    value = number_of(record["_value"], comma=False)
    if value is None or field not in (*_POWER, *_TOTAL):
        return None
    units = [unit.lower() for unit in asked.units]
    if field in _POWER:
        scale = next((POWER[unit] for unit in units if unit in POWER), 1.0)
        return Point(at_ms, power_w=value * scale, file=file, line=line)
    scale = next((ENERGY[unit] for unit in units if unit in ENERGY), 1000.0)
    return Point(at_ms, counter_wh=value * scale, file=file, line=line)
