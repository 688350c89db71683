"""How few bytes these readings could take: xz on transformed columns, and conditional entropy.

Per plug: difference of the time, power after power, what the counter rose beyond the
trapezoid of the power, difference of the voltage. The entropy is of their frequencies in
the data itself; xz also sees patterns. The lower of both is taken for the limit.
"""

import lzma
from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import log2

from flatwatt.model import Reading


def limit(days: Iterable[list[Reading]]) -> tuple[float, float]:
    """Return (xz -9e, conditional entropy) in bytes a reading."""
    plugs: dict[str, list[tuple[int, int, int, int]]] = {}
    for day in days:
        for each in day:
            watt, counter, volt = each.power_w or 0, each.energy_wh or 0, each.voltage_v or 0
            row = (each.at_ms, round(watt * 10), round(counter * 1000), round(volt * 10))
            plugs.setdefault(each.plug, []).append(row)
    rows = sum(map(len, plugs.values()))
    packed, bits = 0, 0.0
    for found in plugs.values():
        columns = _columns(found)
        packed += sum(map(_xz, columns))
        bits += sum(map(_bits, (columns[0], columns[2], columns[3])))
        pairs = list(pairwise(columns[1]))
        bits += _bits(pairs) - _bits([before for before, _ in pairs])
    return packed / rows, bits / 8 / rows


def _columns(rows: list[tuple[int, int, int, int]]) -> tuple[list[int], ...]:
    times, powers, rests, volts = [], [], [], []
    for (t0, p0, e0, v0), (t1, p1, e1, v1) in pairwise(rows):
        times.append(t1 - t0)
        powers.append(p1)
        rests.append(e1 - e0 - (p0 + p1) * (t1 - t0) // 72_000)
        volts.append(v1 - v0)
    return times, powers, rests, volts


def _xz(column: list[int]) -> int:
    """Return the compressed size of a column laid out byte by byte."""
    data = array("i", column).tobytes()
    planes = b"".join(data[plane::4] for plane in range(4))
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0}]
    return len(lzma.compress(planes, format=lzma.FORMAT_RAW, filters=filters))


def _bits(items: list) -> float:
    counts = Counter(items)
    total = len(items)
    return -sum(n * log2(n / total) for n in counts.values())
