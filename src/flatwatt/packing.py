"""An hour's minutes as a few hundred bytes: lowest and highest power, and energy."""

import sys
from array import array

from msgspec import Struct, field

KEPT_S = 31 * 86_400
"""Minutes, the finest level of charts, reach back so far from an appliance's newest."""
NONE = -(1 << 31)
"""Stands for no power in the packed form."""
LEAST, MOST = NONE + 1, (1 << 31) - 1


class Hour(Struct, gc=False):
    """An hour's minutes.

    Attributes:
        hour_s: its beginning, UTC.
        low_mw, high_mw: sixty each; None without a reading that says power.
        energy_mwh: sixty; booked.
    """

    hour_s: int
    low_mw: list[int | None] = field(default_factory=lambda: [None] * 60)
    high_mw: list[int | None] = field(default_factory=lambda: [None] * 60)
    energy_mwh: list[int] = field(default_factory=lambda: [0] * 60)


def packed(hour: Hour) -> bytes:
    """Return an hour as 180 integers of four bytes, little end first: low, high, energy."""
    numbers = array("i", [NONE if each is None else each for each in hour.low_mw])
    numbers.extend([NONE if each is None else each for each in hour.high_mw])
    numbers.extend(hour.energy_mwh)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def numbers_of(data: bytes) -> "array[int]":
    """Return the 180 integers of a packed hour."""
    numbers = array("i")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def unpacked(hour_s: int, data: bytes) -> Hour:
    """Return the hour of its packed form."""
    numbers = numbers_of(data)
    powers = [None if each == NONE else each for each in numbers[:120]]
    return Hour(hour_s, powers[:60], powers[60:], list(numbers[120:]))


def together(one: bytes, other: bytes) -> bytes:
    """Return two parts of the same hour as one."""
    a, b = unpacked(0, one), unpacked(0, other)
    for minute in range(60):
        widen(a, minute, b.low_mw[minute])
        widen(a, minute, b.high_mw[minute])
        a.energy_mwh[minute] += b.energy_mwh[minute]
    return packed(a)


def widen(hour: Hour, minute: int, power_mw: int | None) -> None:
    """Let a minute's extremes take in a power."""
    if power_mw is None:
        return
    low, high = hour.low_mw[minute], hour.high_mw[minute]
    if low is None or power_mw < low:
        hour.low_mw[minute] = power_mw
    if high is None or power_mw > high:
        hour.high_mw[minute] = power_mw
