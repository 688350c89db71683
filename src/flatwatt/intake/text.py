"""Numbers, times and units as people's files write them."""

import math
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

POWER = {"w": 1.0, "kw": 1000.0}
ENERGY = {"wh": 1.0, "kwh": 1000.0, "mwh": 1_000_000.0}
UNITS = ("W", "kW", "Wh", "kWh", "MWh")

_UNIX = re.compile(r"-?\d{9,13}(\.\d+)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?[ T]+(.*))?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_UNIT = re.compile(r"(?:^|[\s_\[(])(w|kw|wh|kwh|mwh)(?:$|[\s_\])])", re.IGNORECASE)


def number_of(text: str, *, comma: bool) -> float | None:
    """Return a number; None for an empty cell.

    Args:
        text: the cell.
        comma: whether decimals stand behind a comma, and a dot groups thousands.

    Raises:
        ValueError: no finite number.
    """
    text = text.strip()
    if not text:
        return None
    if comma:
        if "," in text or _GROUPED.fullmatch(text):
            text = text.replace(".", "")
        text = text.replace(",", ".")
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError(text)
    return value


def unit_in(name: str) -> str:
    """Return the unit that a column's name carries, in lower case; "" for none."""
    match = _UNIT.search(name)
    return match[1].lower() if match else ""


class Times:
    """Texts -> ms of Unix time; knows the order, which tells October's two hours apart.

    Args:
        zone: of texts without an offset.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._newest_ms = 0

    def ms_of(self, text: str, offset: str = "") -> int:
        """Return an instant: Unix seconds or milliseconds, ISO, or `22.11.2026 14:03`.

        Raises:
            ValueError: none of these, or an hour that the clocks leave out.
        """
        text = text.strip()
        if _UNIX.fullmatch(text):
            value = float(text)
            return round(value if value >= 1e11 else value * 1000)
        day = _GERMAN_DAY.fullmatch(text)
        if day:
            text = f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}T{day[4] or '00:00'}"
        at = datetime.fromisoformat(f"{text.replace(' UTC', '+00:00')}{offset.strip()}")
        if at.tzinfo is None:
            at = self._local(at)
        at_ms = round(at.timestamp() * 1000)
        self._newest_ms = max(self._newest_ms, at_ms)
        return at_ms

    def _local(self, at: datetime) -> datetime:
        first = at.replace(tzinfo=self._zone)
        again = first.replace(fold=1)
        if first.utcoffset() == again.utcoffset():
            return first
        there = first.astimezone(UTC).astimezone(self._zone)
        if there.replace(tzinfo=None) != at:
            raise ValueError("an hour that does not exist: the clocks went forward")
        return again if first.timestamp() * 1000 <= self._newest_ms else first
