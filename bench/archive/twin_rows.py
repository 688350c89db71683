"""Readings of a generated flat for `bench.archive.twin`: ten plugs, mains voltage, counters.

Power and energy are those of `flatwatt.loads`; the voltage is what a flat's mains does: a
slow walk over the day, faster swings of the neighbourhood, a step down at each own load,
and a plug's own noise, in tenths of a volt.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.loads import load_of
from flatwatt.model import Reading
from flatwatt.store.rows import HEADER, Encoder

ZONE = ZoneInfo("Europe/Berlin")
ORIGIN_MS = 1_780_264_800_000  # 2026-06-01 begins in Berlin
DAY_MS = 86_400_000
KINDS = ("fridge", "washing_machine", "printer_3d", "standby", "dryer", "desk", "standby",
         "kettle", "dishwasher", "standby")  # fmt: skip
OHM = 0.35
"""Of the house's wiring: 2 kW lower the voltage by three volts."""


class Mains:
    """The voltage of a flat, walking; seconds go in, volts come out."""

    def __init__(self, dice: random.Random) -> None:
        self._gauss = dice.gauss
        self._slow = self._fast = 0.0

    def step(self, seconds: float) -> float:
        """Return the next voltage without the flat's own load."""
        gauss = self._gauss
        slow, fast = min(1.0, seconds / 3600), min(1.0, seconds / 60)
        self._slow += -slow * self._slow + gauss(0.0, 1.8) * (2 * slow) ** 0.5
        self._fast += -fast * self._fast + gauss(0.0, 0.5) * (2 * fast) ** 0.5
        return 231.0 + self._slow + self._fast


def readings(
    days: int, seconds: int, *, jitter_ms: int = 0, seed: int = 1
) -> Iterator[list[Reading]]:
    """Yield one list of readings a local day, in the order they are heard.

    Args:
        days: how many, from 1 June 2026 on; none of them changes the clocks.
        seconds: between two readings of a plug.
        jitter_ms: how unevenly they are heard.
        seed: of everything that is random.
    """
    dice = random.Random(seed)
    loads = [load_of(kind, seed + at, ORIGIN_MS) for at, kind in enumerate(KINDS)]
    mains = Mains(dice)
    names = [(f"{kind}-{at}", f"plug-a0b1c2d3e4{at:02x}-0") for at, kind in enumerate(KINDS)]
    bias = [dice.gauss(0.0, 0.4) for _ in KINDS]
    for day in range(days):
        found = []
        for tick in range(0, 86_400, seconds):
            base_ms = ORIGIN_MS + day * DAY_MS + tick * 1000
            volt = mains.step(seconds)
            for at, load in enumerate(loads):
                at_ms = base_ms + (dice.randrange(jitter_ms) if jitter_ms else 0)
                power = load.power_w(at_ms)
                own = volt - power / 230 * OHM + bias[at] + dice.gauss(0.0, 0.05)
                energy = round(load.energy_wh(at_ms), 3)
                found.append(Reading(at_ms, *names[at], round(power, 1), energy, round(own, 1)))
        yield found


def write_record(folder: Path, days: list[list[Reading]] | Iterator[list[Reading]]) -> int:
    """Write the record's files of whole days; return how many bytes."""
    encoder = Encoder(ZONE)
    size = 0
    for found in days:
        for rows in encoder.encode(found):
            file = folder / rows.day[:4] / f"{rows.day}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            size += file.write_bytes(HEADER + rows.data)
    return size
