"""Which column of a CSV file is what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flatwatt.drivers import nearest
from flatwatt.errors import UsageError
from flatwatt.intake.points import Asked
from flatwatt.intake.text import ENERGY, POWER, unit_in

WORDS = (
    "time", "utc_offset", "end", "power_w", "energy_wh", "part_wh", "voltage_v", "series",
)  # fmt: skip
"""What `--map` can name."""
_KNOWN = {
    "time": ("time", "timestamp", "date", "datetime", "date/time", "date/time utc", "zeit",
             "zeitstempel", "datum", "ts", "start", "from", "von", "beginn"),
    "utc_offset": ("utc_offset",),
    "end": ("end", "to", "bis", "ende"),
    "power_w": ("power", "leistung", "watt", "apower", "act_power", "active power",
                "wirkleistung", "power_mean"),
    "energy_wh": ("energy", "total", "counter", "zählerstand", "zaehlerstand", "meter"),
    "part_wh": ("part", "consumption", "verbrauch", "active energy", "total_act_energy",
                "energie"),
    "voltage_v": ("voltage_v", "voltage", "spannung"),
    "series": ("appliance", "entity_id", "statistic_id", "series"),
}  # fmt: skip
_UNIT_END = re.compile(r"[\s_\[(]+(w|kw|wh|kwh|mwh)[\])]?$")


class Measured(NamedTuple):
    """A column of figures, and what makes W or Wh of them."""

    column: int
    scale: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file's figures stand, by index of the column; None for what it has not."""

    time: int
    utc: bool
    offset: int | None
    end: int | None
    power: Measured | None
    counter: Measured | None
    part: Measured | None
    voltage: int | None
    series: int | None


def layout_of(header: Sequence[str], asked: Asked, *, parts: bool = False) -> Layout:
    """Return a file's layout by its names and the person's.

    Args:
        header: names of the columns.
        asked: what the person says; their columns go before known names.
        parts: whether a column of energy without another word is energy of a stretch.

    Raises:
        UsageError: a column is unknown, or there is no time, or nothing to measure.
    """
    found = _found(header, asked, parts=parts or "missing_s" in header)
    if "time" not in found:
        raise UsageError(f"no column is a time; say --map time=NAME{nearest('', header)}")
    figures = [found.get(word) for word in ("power_w", "energy_wh", "part_wh")]
    if not any(index is not None for index in figures):
        raise UsageError(
            f"no column is power or energy; say --map power_w=NAME, energy_wh=NAME (a counter) or "
            f"part_wh=NAME (energy of a stretch){nearest('', header)}"
        )
    for word, index in found.items():
        asked.note(f"column {header[index]!r} is {word}")
    return Layout(
        time=found["time"],
        utc="utc" in header[found["time"]].lower(),
        offset=found.get("utc_offset"),
        end=found.get("end"),
        power=_measured(header, figures[0], asked, POWER, "W"),
        counter=_measured(header, figures[1], asked, ENERGY, "Wh"),
        part=_measured(header, figures[2], asked, ENERGY, "Wh"),
        voltage=found.get("voltage_v"),
        series=found.get("series"),
    )


def _found(header: Sequence[str], asked: Asked, *, parts: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for word, name in asked.columns.items():
        if word not in WORDS:
            raise UsageError(f"--map knows no {word!r}{nearest(word, WORDS)}")
        if name not in header:
            raise UsageError(f"no column is called {name!r}{nearest(name, header)}")
        found[word] = header.index(name)
    taken = set(found.values())
    if {"power_w", "energy_wh", "part_wh"} & found.keys():  # said: nothing else is measured
        known = {word: _KNOWN[word] for word in ("time", "utc_offset", "end", "series")}
    else:
        known = _KNOWN
    names = [_plain(name) for name in header]
    for word, likely in known.items():
        index = next((names.index(each) for each in likely if each in names), None)
        if word not in found and index is not None and index not in taken:
            found[word] = index
    if parts and "part_wh" not in found and "energy_wh" in found and not asked.columns:
        found["part_wh"] = found.pop("energy_wh")
    if "part_wh" in found and not asked.columns:
        found.pop("power_w", None)
    return found


def _plain(name: str) -> str:
    return _UNIT_END.sub("", name.strip().lower())


def _measured(
    header: Sequence[str], index: int | None, asked: Asked, units: dict[str, float], default: str
) -> Measured | None:
    if index is None:
        return None
    said = next((unit for unit in asked.units if unit.lower() in units), "")
    unit = said.lower() or unit_in(header[index])
    if unit not in units:
        asked.note(f"column {header[index]!r} is taken for {default}; --unit says otherwise")
        unit = default.lower()
    return Measured(index, units[unit])
