"""Rows of a recording turned into readings: a quick way for traces, a careful one for all.

A row that does not say what its header promises is counted, told and skipped. A cell
that is empty, or says in words that nothing was known, is None.
"""

import csv
import re
from itertools import repeat
from zlib import crc32
from zoneinfo import ZoneInfo

from flatwatt.errors import PlugNonsense
from flatwatt.model import Flag, Reading
from flatwatt.plugs.replay.layout import Layout
from flatwatt.plugs.replay.stamps import FIRST_MS, LAST_MS, BadCell, epoch_ms, stamp_ms

TOLD = 20
"""How many bad rows are told in words; the others are only counted."""

_PLAIN = re.compile(r"[0-9.,\n-]*")
_LONGEST = 60  # characters of a plain trace row; a longer number is no measurement
_NOTHING = frozenset({"", "nan", "null", "none", "unavailable", "unknown"})
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Rows:
    """Decodes the rows under one header.

    Args:
        layout: of its columns.
        file: name of the file, for messages.
        name: the appliance the readings are said to be of.
        plug: the plug they are said to be of, where the recording names none.
        only: the appliance to keep where the recording has a column of it; empty if it
            holds one only.
        zone: of times that name no offset; None refuses them.
    """

    def __init__(
        self, layout: Layout, file: str, name: str, plug: str, *, only: str, zone: ZoneInfo | None
    ) -> None:
        self.bad: list[str] = []
        self.bad_count = 0
        self.seen: dict[str, None] = {}
        self._layout, self._file, self._name, self._plug = layout, file, name, plug
        self._only, self._zone = only, zone
        self._last_ms = 0

    def decode(self, lines: list[str], first: int) -> list[Reading]:
        """Return the readings of lines, of which the first has the number `first`.

        Raises:
            PlugNonsense: several appliances and none was chosen.
        """
        quick = self._quick(lines) if self._layout.trace else None
        return self._careful(lines, first) if quick is None else quick

    def _quick(self, lines: list[str]) -> list[Reading] | None:
        """Decode plain rows in order column by column; None if one of them is not."""
        if len(max(lines, key=len)) > _LONGEST or not _PLAIN.fullmatch("\n".join(lines)):
            return None
        rows = [line.split(",") for line in lines]
        width = len(self._layout.names)
        if any(len(row) != width for row in rows):
            return None
        try:
            stamps = [int(row[0]) for row in rows]
            powers = [float(row[1]) for row in rows]
            energies = [float(row[2]) for row in rows] if width == 3 else repeat(None)
        except ValueError:
            return None
        if stamps[0] < max(self._last_ms, FIRST_MS) or stamps[-1] >= LAST_MS:
            return None
        if stamps != sorted(stamps):
            return None
        self._last_ms = stamps[-1]
        return list(map(Reading, stamps, repeat(self._name), repeat(self._plug), powers, energies))

    def _careful(self, lines: list[str], first: int) -> list[Reading]:
        readings = []
        for number, line in enumerate(lines, first):
            if not line.strip() or line == self._layout.header:
                continue
            try:
                reading = self._row(line, number)
            except BadCell as error:
                self._skip(number, str(error))
                continue
            if reading is not None:
                readings.append(reading)
        return readings

    def _row(self, line: str, number: int) -> Reading | None:
        layout = self._layout
        if "\ufffd" in line:
            raise BadCell("it is not UTF-8 text")
        cells = self._cells(line)
        if layout.crc32 >= 0:
            _check_sum(line, cells[layout.crc32])
        if layout.appliance >= 0 and not self._wanted(cells[layout.appliance], number):
            return None
        flags = _flags(self._cell(cells, layout.flags))
        return Reading(
            self._time(cells, flags),
            self._name,
            self._plug_of(cells),
            self._value(cells, layout.power),
            self._energy_wh(cells),
            self._value(cells, layout.voltage),
            flags,
        )

    def _cells(self, line: str) -> list[str]:
        delimiter = self._layout.delimiter
        if '"' in line:
            try:
                cells = next(csv.reader((line,), delimiter=delimiter, strict=True))
            except csv.Error as error:
                raise BadCell(f"its quotes do not match ({error})") from error
        else:
            cells = line.split(delimiter)
        expected = len(self._layout.names)
        if len(cells) != expected:
            raise BadCell(f"it has {len(cells)} columns, the header {expected}")
        return [cell.strip() for cell in cells]

    def _wanted(self, appliance: str, number: int) -> bool:
        if len(self.seen) < TOLD:
            self.seen[appliance] = None
        if not self._only and len(self.seen) > 1:
            raise PlugNonsense(
                f"{self._file}: line {number}: holds several appliances "
                f"({', '.join(self.seen)}); choose one with the option appliance"
            )
        return not self._only or appliance == self._only

    def _time(self, cells: list[str], flags: int) -> int:
        layout = self._layout
        text = cells[layout.time]
        column = layout.names[layout.time]
        try:
            if column.endswith("_ms"):
                at_ms = epoch_ms(text)
            else:
                offset = self._cell(cells, layout.utc_offset)
                at_ms = stamp_ms(text, offset, self._zone, self._last_ms)
        except BadCell as error:
            raise BadCell(f"column {column}: {error}") from error
        if at_ms < self._last_ms and not flags & Flag.CLOCK:
            raise BadCell(f"column {column}: {text!r} is before the row above")
        self._last_ms = at_ms
        return at_ms

    def _plug_of(self, cells: list[str]) -> str:
        plug = self._cell(cells, self._layout.plug)
        return plug if _ID.fullmatch(plug) else self._plug

    def _energy_wh(self, cells: list[str]) -> float | None:
        column = self._layout.energy
        value = self._value(cells, column)
        if value is None or not self._layout.names[column].endswith("kwh"):
            return value
        return round(value * 1000, 6)

    def _value(self, cells: list[str], column: int) -> float | None:
        text = self._cell(cells, column)
        if text.lower() in _NOTHING:
            return None
        if self._layout.delimiter != ",":
            text = text.replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            value = float("inf")
        if "_" in text or not abs(value) < 1e12:
            raise BadCell(f"column {self._layout.names[column]}: {text!r} is not a number")
        return value

    @staticmethod
    def _cell(cells: list[str], column: int) -> str:
        return cells[column] if column >= 0 else ""

    def _skip(self, number: int, reason: str) -> None:
        self.bad_count += 1
        if len(self.bad) < TOLD:
            self.bad.append(f"{self._file}: line {number}: {reason}; row skipped")


def _check_sum(line: str, told: str) -> None:
    """Compare a row with its own CRC-32: of every byte before the last comma."""
    if f"{crc32(line.rpartition(',')[0].encode()):08x}" != told:
        raise BadCell("its check sum does not fit: it was damaged or edited")


def _flags(text: str) -> int:
    """Return the set that names joined by `|` tell."""
    flags = Flag.NONE
    for word in text.split("|") if text else ():
        flag = Flag.__members__.get(word.upper())
        if flag is None:
            raise BadCell(f"column flags: {word!r} is no flag of a reading")
        flags |= flag
    return int(flags)
