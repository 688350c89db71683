"""A few days of readings, written down, for tests of the twin."""

import gzip
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.model import Flag, Reading
from flatwatt.store.readings import Record, read_days
from flatwatt.store.twin.questions import ask
from flatwatt.store.twin.twin import Twin

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT_MS = 1_793_401_200_000  # 2026-10-31 begins in Berlin
DAY_MS = 86_400_000
FIRST, SECOND, THIRD = "2026-10-31", "2026-11-01", "2026-11-02"
TODAY = date(2026, 11, 3)
DECEMBER = date(2026, 12, 3)


def reading(at_ms, plug="p-0", power_w=1.5, energy_wh=None, voltage_v=230.1, flags=0):
    return Reading(MIDNIGHT_MS + at_ms, "printer", plug, power_w, energy_wh, voltage_v, flags)


def days(count=3, every_ms=600_000):
    """Return readings of two plugs over some days, with a bit of everything."""
    found = []
    for step in range(count * DAY_MS // every_ms):
        at = step * every_ms
        boot = Flag.BOOT if step % 50 == 49 else Flag.NONE
        watt = None if step % 40 == 39 else round((step % 7) * 10.1, 1)
        found.append(reading(at, "p-0", watt, step * 1.25, 230 + (step % 5) / 10, int(boot)))
        found.append(
            reading(at + 7, "p-1", round(0.1 * (step % 3), 1), step // 9, None, int(boot))
        )
    return found


def written(home: Path, readings) -> Twin:
    """Return the twin of a home with these readings in its record; nothing is sealed."""
    with Record(home / "readings", BERLIN) as record:
        record.append(readings)
    return Twin(home / "sealed", home / "readings")


def sealed(home: Path, readings, today=TODAY) -> Twin:
    """Return the same, sealed."""
    twin = written(home, readings)
    with twin.lock():
        assert twin.work(twin.unsealed(today), today, lambda day: None) == []
    return twin


def by_plug(readings):
    """Return each plug's readings in the order they come."""
    plugs = {}
    for each in readings:
        plugs.setdefault((each.appliance, each.plug), []).append(each)
    return plugs


def in_csv(twin, first=FIRST, last=THIRD):
    """Return what the record says was read on some days."""
    span = (date.fromisoformat(first), date.fromisoformat(last))
    return [each for some in read_days(twin.readings, *span) for each in some]


def asked(twin, first=FIRST, last=THIRD, appliance=""):
    """Return what the twin says was read on some days."""
    with ask(twin, date.fromisoformat(first), date.fromisoformat(last)) as raw:
        return [each for some in raw.readings(appliance) for each in some]


def packed(path: Path) -> Path:
    """Compress a file as a person would, and return where it is then."""
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return target
