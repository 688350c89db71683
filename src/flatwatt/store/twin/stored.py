"""Which rows of which files count: SELECTs of what sealed days store."""

from collections.abc import Sequence
from pathlib import Path

from flatwatt.store.twin.columns import STORED, fill
from flatwatt.store.twin.engine import quoted
from flatwatt.store.twin.manifest import Day

_STORED = "SELECT $columns FROM $file WHERE day IN ($days)"
_PART = "$rows AND appliance = $appliance AND plug = $plug"


def parquet(file: Path) -> str:
    """Return a file of the twin as something to stand behind FROM."""
    return f"read_parquet({quoted(file)})"


def whole(file: Path) -> str:
    """Return the SELECT of all a file stores."""
    return f"FROM {parquet(file)}"


def stored_rows(folder: Path, days: Sequence[Day]) -> str:
    """Return the SELECT of stored rows of sealed days, each from the file that counts for it."""
    by_file: dict[str, list[str]] = {}
    for each in days:
        by_file.setdefault(each.file, []).append(f"DATE {quoted(each.day)}")
    return " UNION ALL ".join(
        fill(_STORED, columns=STORED, file=parquet(folder / name), days=", ".join(some))
        for name, some in by_file.items()
    )


def in_order(folder: Path, days: Sequence[Day]) -> str:
    """Return the SELECT of the same rows in a file's order, plug by plug and day by day.

    Each day is sorted already, so nothing need be: a month takes no more memory than a day.
    """
    parts = [(each.appliance, each.plug, day) for day in days for each in day.plugs]
    parts.sort(key=lambda part: (part[0], part[1], part[2].day))
    return " UNION ALL ".join(
        fill(
            _PART,
            rows=stored_rows(folder, [day]),
            appliance=quoted(appliance),
            plug=quoted(plug),
        )
        for appliance, plug, day in parts
    ) or stored_rows(folder, days)
