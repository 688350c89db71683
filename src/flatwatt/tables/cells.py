"""Values as text: numbers and times as people's programs read them, and nothing that runs."""

import re
from datetime import tzinfo

from flatwatt.report.periods import local_time

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With what a spreadsheet begins a formula, the wide signs of East Asian keyboards included."""
_OFFSET = re.compile(r"[+-]\d\d:\d\d")


def clock_time(at_ms: int, zone: tzinfo) -> tuple[str, str]:
    """Return local time with the T by which LibreOffice knows it, and the offset from UTC."""
    at = local_time(at_ms, zone)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}", _offset(f"{at:%z}")


def excel_time(at_ms: int, zone: tzinfo) -> tuple[str, str]:
    """Return local time in whole seconds as Excel knows it, and the offset from UTC."""
    at = local_time(at_ms, zone)
    return f"{at:%Y-%m-%d %H:%M:%S}", _offset(f"{at:%z}")


def _offset(text: str) -> str:
    return f"{text[:3]}:{text[3:5]}"


def number(value: float, *, german: bool = False) -> str:
    """Return a number with at most six decimals."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if german else text


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    if text.startswith(FORMULA) and not _OFFSET.fullmatch(text):
        return f"'{text}"
    return text


def cell(value: object, *, german: bool = False) -> object:
    """Return a value as a cell of a CSV file; empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, float):
        return number(value, german=german)
    return harmless(value) if isinstance(value, str) else value
