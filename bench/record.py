"""How fast the record is written and read: `python -m bench.record [ROWS]`.

A flat of ten plugs says something every second. Figures are rows per second of CPU
time, the best of five rounds, in batches of 1000; a round is a fresh folder.
"""

import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.model import Reading
from flatwatt.store.readings import Record, read
from flatwatt.store.rows import Encoder

BERLIN = ZoneInfo("Europe/Berlin")
START_MS = 1_795_302_000_123  # 2026-11-22 in Berlin
BATCH = 1000
ROUNDS = 5


def flat_day(rows: int, plugs: int = 10) -> list[Reading]:
    """Return readings of a lively flat: every counter moves, every voltage flickers."""
    readings: list[Reading] = []
    energy = [1000.0 * plug for plug in range(plugs)]
    for index in range(rows):
        second, plug = divmod(index, plugs)
        power = ((index * 7919) % 22000) / 10 if plug % 3 else 0.0
        energy[plug] = round(energy[plug] + power / 3600, 3)
        readings.append(
            Reading(
                START_MS + second * 1000 + plug * 7,
                f"appliance{plug}",
                f"shelly-54320400aa{plug:02d}-0",
                power,
                energy[plug],
                (2280 + (index * 31) % 60) / 10,
            )
        )
    return readings


def timed(work: list[float], since: float) -> None:
    work.append(time.process_time() - since)


def one_round(readings: list[Reading], times: dict[str, list[float]]) -> int:
    batches = [readings[at : at + BATCH] for at in range(0, len(readings), BATCH)]
    encoder = Encoder(BERLIN)
    since = time.process_time()
    for batch in batches:
        encoder.encode(batch)
    timed(times["encode"], since)
    with tempfile.TemporaryDirectory() as folder:
        record = Record(Path(folder), BERLIN)
        since = time.process_time()
        for batch in batches:
            record.append(batch)
        timed(times["encode + append"], since)
        record.close()
        since = time.process_time()
        back = [each for some, _position in read(Path(folder)) for each in some]
        timed(times["read + decode"], since)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.csv"))
    assert back == readings
    return size


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    readings = flat_day(rows)
    times: dict[str, list[float]] = {"encode": [], "encode + append": [], "read + decode": []}
    size = 0
    for _ in range(ROUNDS):
        size = one_round(readings, times)
    for what, took in times.items():
        print(f"{what:16} {rows / min(took):10,.0f} rows/s")
    print(f"{'a row':16} {size / rows:10.1f} bytes")


if __name__ == "__main__":
    main()
