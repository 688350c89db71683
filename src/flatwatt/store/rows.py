"""One reading, one line: encoding and decoding the rows of the record.

A row is `time,utc_offset,appliance,plug,power_w,energy_wh,voltage_v,flags,crc32`. The
time is local, as spreadsheets recognise it; the offset makes the repeated hour of
October unambiguous. The CRC-32 covers every byte of the row before its last comma.
All fields are plain ASCII that needs no quoting.
"""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from flatwatt.errors import StoreError
from flatwatt.model import Flag, Reading

HEADER = b"time,utc_offset,appliance,plug,power_w,energy_wh,voltage_v,flags,crc32\n"
COLUMNS = tuple(HEADER.decode().strip().split(","))
_HEADER_LINE = HEADER[:-1]
LAST_MS = 253_370_764_800_000
"""First millisecond that cannot be written: 9999-01-01, where four-digit years end."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:")
_OFFSET = re.compile(rb"[+-]\d\d:\d\d(:\d\d)?")
_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLIS = tuple(f"{ms:03d}," for ms in range(1000))
_SECONDS_MS = {text.encode(): int(text[:2]) * 1000 for text in _SECONDS}
_MILLIS_MS = {text[:3].encode(): int(text[:3]) for text in _MILLIS}
_REMEMBERED = 8192


class RowError(Exception):
    """A line of the record that is not a sound row; the text is the reason."""


class Rows(NamedTuple):
    """Encoded rows of one local day, in the order they were heard.

    Attributes:
        day: `2026-11-22`.
        data: whole lines.
        lines: how many.
    """

    day: str
    data: bytes
    lines: int


class _Numbers(dict[float | None, str]):
    """Number -> its shortest text that reads back equal; remembers a few thousand."""

    def __missing__(self, value: float | None) -> str:
        if value is None:
            return ""
        if not math.isfinite(value):
            raise ValueError(value)
        if len(self) > _REMEMBERED:
            self.clear()
        # Adding 0.0 turns a negative zero, which nobody measures, into plain zero.
        text = self[value] = repr(float(value) + 0.0).removesuffix(".0")
        return text


class _FlagNames(dict[int, str]):
    """Flag set -> its names in lower case joined by `|`."""

    def __missing__(self, flags: int) -> str:
        if flags & ~_ALL_FLAGS:
            raise ValueError(flags)
        names = [str(flag.name).lower() for flag in Flag if flag and flag & flags]
        text = self[flags] = "|".join(names)
        return text


_ALL_FLAGS = sum(Flag)


class _Ids(dict[tuple[str, str], str]):
    """(appliance, plug) -> their two fields, checked to need no quoting."""

    def __missing__(self, ids: tuple[str, str]) -> str:
        for each in ids:
            if not _ID.fullmatch(each):
                raise ValueError(each)
        text = self[ids] = f"{ids[0]},{ids[1]},"
        return text


class Encoder:
    """Turns readings into rows; not for two threads at once.

    Args:
        zone: the flat's time zone, which decides a reading's day and its local time.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._numbers = _Numbers()
        self._flags = _FlagNames()
        self._ids = _Ids()

    def encode(self, readings: Sequence[Reading]) -> list[Rows]:
        """Return the rows, cut where the local day changes.

        Raises:
            StoreError: a reading cannot be written down; none of them is then.
        """
        at = 0
        result: list[Rows] = []
        try:
            while at < len(readings):
                day, lines = self._day(readings, at)
                result.append(Rows(day, "".join(lines).encode("ascii"), len(lines)))
                at += len(lines)
        except (ValueError, OverflowError, TypeError) as error:
            raise _refusal(readings) from error
        return result

    def _day(self, readings: Sequence[Reading], first: int) -> tuple[str, list[str]]:
        """Encode from `first` up to the end of its day; this loop is why rows are fast."""
        numbers, names, ids = self._numbers, self._flags, self._ids
        day = ""
        start = LAST_MS
        lines: list[str] = []
        for reading in readings if first == 0 else readings[first:]:
            ms = reading.at_ms - start
            if not 0 <= ms < 60_000:
                this_day, start, stamp, offset = self._minute(reading.at_ms)
                if day and this_day != day:
                    break
                day = this_day
                ms = reading.at_ms - start
            row = (
                f"{stamp}{_SECONDS[ms // 1000]}{_MILLIS[ms % 1000]}{offset}"
                f"{ids[reading.appliance, reading.plug]}{numbers[reading.power_w]},"
                f"{numbers[reading.energy_wh]},{numbers[reading.voltage_v]},"
                f"{names[reading.flags]}"
            )
            lines.append(f"{row},{crc32(row.encode()):08x}\n")
        return day, lines

    def _minute(self, at_ms: int) -> tuple[str, int, str, str]:
        """Return (day, start in ms, `2026-11-22T14:03:`, `+01:00,`) of a local minute."""
        if not 0 <= at_ms < LAST_MS:
            raise ValueError(at_ms)
        local = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(self._zone)
        start_ms = (at_ms // 1000 - local.second) * 1000
        text = local.isoformat()
        return text[:10], start_ms, text[:17], f"{text[19:]},"


def _refusal(readings: Sequence[Reading]) -> StoreError:
    for each in readings:
        for what, sound in _checks(each):
            if not sound:
                return StoreError(
                    f"{each.appliance!r}: a reading cannot be written down: {what} is "
                    f"{getattr(each, what)!r}; it must be {_NEEDED[what]}"
                )
    return StoreError("a reading cannot be written down: its fields have wrong types")


_AN_ID = "1 to 32 of a-z, 0-9, _ and -, beginning with a letter or digit"
_NEEDED = {
    "at_ms": "ms of Unix time between 1970 and 9998",
    "appliance": _AN_ID,
    "plug": _AN_ID,
    "power_w": "a finite number or None",
    "energy_wh": "a finite number or None",
    "voltage_v": "a finite number or None",
    "flags": "a set of the known flags",
}


def _checks(reading: Reading) -> Iterator[tuple[str, bool]]:
    yield "at_ms", isinstance(reading.at_ms, int) and 0 <= reading.at_ms < LAST_MS
    for what in ("appliance", "plug"):
        yield what, _ID.fullmatch(str(getattr(reading, what))) is not None
    for what in ("power_w", "energy_wh", "voltage_v"):
        yield what, _finite(getattr(reading, what))
    yield "flags", not reading.flags & ~_ALL_FLAGS


def _finite(value: float | None) -> bool:
    try:
        return value is None or math.isfinite(value)
    except (OverflowError, TypeError):
        return False


class _Values(dict[bytes, float | None]):
    """Text of a number -> the number; remembers a few thousand."""

    def __missing__(self, text: bytes) -> float | None:
        if not text:
            return None
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
        if len(self) > _REMEMBERED:
            self.clear()
        self[text] = value
        return value


class _Names(dict[bytes, str]):
    """Bytes of an id -> the id."""

    def __missing__(self, data: bytes) -> str:
        text = data.decode("ascii")
        if not _ID.fullmatch(text):
            raise ValueError(text)
        self[data] = text
        return text


class _FlagSets(dict[bytes, int]):
    """Names of flags -> the set."""

    def __missing__(self, data: bytes) -> int:
        flags = 0
        for name in data.decode("ascii").split("|") if data else ():
            flags |= Flag[name.upper()]
        value = self[data] = int(flags)
        return value


class _Minutes(dict[tuple[bytes, bytes], int]):
    """(`2026-11-22T14:03:`, `+01:00`) -> the minute's first ms of Unix time."""

    def __missing__(self, key: tuple[bytes, bytes]) -> int:
        stamp, offset = key
        if not _STAMP.fullmatch(stamp) or not _OFFSET.fullmatch(offset):
            raise ValueError(key)
        at = datetime.fromisoformat(f"{stamp.decode()}00{offset.decode()}")
        if len(self) > _REMEMBERED:
            self.clear()
        value = self[key] = int(at.timestamp()) * 1000
        return value


class Decoder:
    """Turns lines of one day's file back into readings; not for two threads at once.

    Args:
        day: the file's day as `2026-11-22`. A row of another day is not sound: a power
            cut can leave pieces of older files in a new one.
    """

    def __init__(self, day: str) -> None:
        self._day = day.encode()
        self._values = _Values()
        self._names = _Names()
        self._flags = _FlagSets()
        self._minutes = _Minutes()

    def row(self, line: bytes) -> Reading | None:
        """Return the reading of a line without its newline; None for a header line.

        Raises:
            RowError: not a sound row.
        """
        body = line[:-9]
        if b",%08x" % crc32(body) != line[-9:]:
            if line == _HEADER_LINE:
                return None
            raise RowError(_unsound(line))
        values = self._values
        try:
            time, offset, appliance, plug, power, energy, voltage, flags = body.split(b",")
            if time[:10] != self._day:
                raise RowError("belongs to another day than its file")
            return Reading(
                self._minutes[time[:17], offset]
                + _SECONDS_MS[time[17:20]]
                + _MILLIS_MS[time[20:]],
                self._names[appliance],
                self._names[plug],
                values[power],
                values[energy],
                values[voltage],
                self._flags[flags],
            )
        except (ValueError, KeyError, OverflowError) as error:
            raise RowError("its check sum fits, but its fields make no sense") from error


def _unsound(line: bytes) -> str:
    if not line.strip(b"\0"):
        return "is empty: nothing but zero bytes"
    if line.count(b",") != len(COLUMNS) - 1:
        return f"has {line.count(b',') + 1} columns instead of {len(COLUMNS)}"
    return "its check sum does not fit: it was damaged or edited"
