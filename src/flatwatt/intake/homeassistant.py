"""Home Assistant's history and statistics, as it exports them.

History says a state when it changes, so a power holds until the next row; `unavailable` and
`unknown` end it. Statistics are sums (counters), or means, which are energy of their hour.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from flatwatt.drivers import nearest
from flatwatt.errors import StoreError, UsageError
from flatwatt.intake.points import Asked, Bad, OnBad, Point
from flatwatt.intake.sheet import Sheet, look_at
from flatwatt.intake.text import ENERGY, POWER, Times, number_of

HOUR_MS = 3_600_000
SILENT = ("unavailable", "unknown", "")
_POWER_WORDS = ("power", "leistung", "watt")
_ENERGY_WORDS = ("energy", "energie", "verbrauch", "consumption", "total", "kwh")


class Quantity(NamedTuple):
    """What an entity measures: power (W) or a counter (Wh), after scaling."""

    power: bool
    scale: float


def quantity_of(entity: str, asked: Asked, unit: str = "") -> Quantity:
    """Return what an entity measures, by its unit, else the person's, else its name.

    Raises:
        UsageError: nothing says it.
    """
    units = [unit] if unit else list(asked.units)
    power = [POWER[each.lower()] for each in units if each.lower() in POWER]
    energy = [ENERGY[each.lower()] for each in units if each.lower() in ENERGY]
    if bool(power) != bool(energy):
        return Quantity(bool(power), (power or energy)[0])
    name = entity.lower()
    if any(word in name for word in _POWER_WORDS):
        scale = power[0] if power else 1.0
        asked.note(f"{entity} is taken for power in {'W' if scale == 1 else 'kW'}")
        return Quantity(True, scale)  # noqa: FBT003 - power
    if any(word in name for word in _ENERGY_WORDS):
        asked.note(f"{entity} is taken for a counter" + ("" if energy else " in kWh"))
        return Quantity(False, energy[0] if energy else 1000.0)  # noqa: FBT003 - a counter
    raise UsageError(f"{entity}: is it power or energy? Say --unit W or --unit kWh")


def chosen(found: Sequence[str], asked: Asked) -> Sequence[str]:
    """Return the entities to read of those a file has.

    Raises:
        UsageError: several, and none was said, or one that was said is not there.
    """
    for each in asked.entities:
        if each not in found:
            raise UsageError(f"there is no entity {each!r}{nearest(each, found)}")
    if not asked.entities and len(found) > 1:
        raise UsageError(f"the file holds several entities: {', '.join(sorted(found)[:20])}; "
                         "choose with --entity")  # fmt: skip
    return asked.entities or found


def read_text(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    """Yield what an exported CSV or JSON file says; raises StoreError, UsageError."""
    if path.suffix.lower() == ".json":
        yield from _json(path, asked, bad)
        return
    sheet = look_at(path)
    header = [name.strip() for name in next(sheet.rows(), (0, []))[1]]
    name = next((each for each in ("entity_id", "statistic_id") if each in header), None)
    if name is None or not {"state", "sum", "mean", "change"} & set(header):
        raise UsageError(
            f"{path.name}: no history and no statistics of Home Assistant; they have the columns "
            "entity_id, state, last_changed"
        )
    # Twice through the file, since a year of rows is too much to keep.
    found = list(dict.fromkeys(record[name] for _line, record in _records(sheet, header)))
    wanted = {each: quantity_of(each, asked) for each in chosen(found, asked)}
    times, make = Times(asked.zone), _statistic if "start" in header else _state
    for line, record in _records(sheet, header):
        if record[name] in wanted:
            try:
                yield make(path.name, line, record, wanted[record[name]], times)
            except (ValueError, KeyError) as error:
                bad(Bad(path.name, line, f"is not understood: {error}"))


def _records(sheet: Sheet, header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, cells by name) of the rows below the names; short rows get empty cells."""
    rows = sheet.rows()
    next(rows, None)
    for line, cells in rows:
        yield line, dict(zip_longest(header, cells[: len(header)], fillvalue=""))


def _state(
    file: str, line: int, record: Mapping[str, object], quantity: Quantity, times: Times
) -> Point:
    at_ms = times.ms_of(str(record.get("last_changed") or record["last_updated"]))
    return state_point(at_ms, str(record["state"]), quantity, file, line)


def state_point(at_ms: int, state: str, quantity: Quantity, file: str, line: int) -> Point:
    """Return a state as a point; raises ValueError."""
    if state.strip().lower() in SILENT:
        return Point(at_ms, file=file, line=line)
    value = (number_of(state, comma=False) or 0.0) * quantity.scale
    if quantity.power:
        return Point(at_ms, power_w=value, file=file, line=line)
    return Point(at_ms, counter_wh=value, file=file, line=line)


def _statistic(
    file: str, line: int, record: Mapping[str, object], quantity: Quantity, times: Times
) -> Point:
    start_ms = times.ms_of(str(record["start"]))
    end = record.get("end")
    end_ms = times.ms_of(str(end)) if end else start_ms + HOUR_MS
    values = {
        each: number_of(str(record[each]), comma=False)
        for each in ("sum", "state", "change", "mean")
        if record.get(each) not in (None, "", "None")
    }
    return statistic_point((start_ms, end_ms), values, quantity, file, line)


def statistic_point(
    span_ms: tuple[int, int],
    values: Mapping[str, float | None],
    quantity: Quantity,
    file: str,
    line: int,
) -> Point:
    """Return a row of statistics as a point; raises ValueError where it says nothing."""
    start_ms, end_ms = span_ms
    if quantity.power:
        mean = values.get("mean")
        if mean is None:
            raise ValueError("no mean")
        part_wh = mean * quantity.scale * (end_ms - start_ms) / HOUR_MS
        return Point(end_ms, part_wh=part_wh, start_ms=start_ms, file=file, line=line)
    counter = values.get("sum", values.get("state"))
    if counter is not None:
        return Point(end_ms, counter_wh=counter * quantity.scale, file=file, line=line)
    change = values.get("change")
    if change is None:
        raise ValueError("no sum, no state and no change")
    part_wh = change * quantity.scale
    return Point(end_ms, part_wh=part_wh, start_ms=start_ms, file=file, line=line)


def _json(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read as JSON ({error})") from error
    series = said.get("result", said) if isinstance(said, dict) else None
    if not isinstance(series, dict) or any(type(each) is not list for each in series.values()):
        raise UsageError(
            f"{path.name}: no statistics of Home Assistant; they are an object with a list for "
            "each statistic_id"
        )
    for entity in chosen(list(series), asked):
        quantity, times = quantity_of(entity, asked), Times(asked.zone)
        for number, record in enumerate(series[entity], 1):
            try:
                yield _statistic(path.name, number, record, quantity, times)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                bad(Bad(path.name, number, f"is not understood: {error}"))
