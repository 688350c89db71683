"""What a flat sends: its closed days, under a name that says nothing of it."""

import base64
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from flatwatt.errors import FleetError
from flatwatt.fleet.layout import FLAT_ID, QuarterRow
from flatwatt.fleet.months import months_between, quarter_rows
from flatwatt.fleet.push import Month
from flatwatt.report.calendar import Calendar, day_of
from flatwatt.store.quarters import Quarter

IDENTITY = "fleet.id"
_NOTE = "# This flat's name in its fleet; keep it, or the fleet takes you for a new flat.\n"


def flat_id(home: Path, wanted: str = "") -> str:
    """Return the flat's name in a fleet: the one wanted, else one made by chance, once.

    Args:
        home: the home folder, where a made one is kept.
        wanted: by the configuration; empty for none.

    Raises:
        FleetError: it cannot be a name, or not be kept.
    """
    file = home / IDENTITY
    try:
        if not wanted and not file.exists():
            # 55 random bits; DuckDB keeps names of up to twelve letters in place.
            made = "f" + base64.b32encode(secrets.token_bytes(7)).decode().lower()[:11]
            file.write_text(f"{_NOTE}{made}\n", encoding="utf-8")
        name = wanted or file.read_text(encoding="utf-8").splitlines()[-1].strip()
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise FleetError(f"{file}: cannot be kept or read ({error})") from error
    if not FLAT_ID.fullmatch(name):
        raise FleetError(
            f"{name!r} cannot be a flat's name: 3 to 32 of a-z, 0-9, _ and -, first a letter"
        )
    return name


class Edge:
    """Cuts a flat's quarter-hours into months that may leave it.

    Args:
        calendar: of the flat's zone and contracts.
        quarters: (start in ms, end in ms) -> quarter-hours that begin there.
        called: appliance id -> what leaves the flat in its place.
    """

    def __init__(
        self,
        calendar: Calendar,
        quarters: Callable[[int, int], list[Quarter]],
        called: Callable[[str], str],
    ) -> None:
        self._calendar = calendar
        self._quarters = quarters
        self._called = called

    def months(self, first_ms: int, closed_ms: int) -> Iterator[Month]:
        """Yield the local months from an instant on, closed days only.

        Args:
            first_ms: in the first month, Unix time.
            closed_ms: a local midnight; nothing from there on leaves.
        """
        first, last = (day_of(self._calendar.day(at // 1000)) for at in (first_ms, closed_ms - 1))
        for month in months_between(first, last):
            slots = self._calendar.slots(month.first.year * 100 + month.first.month)
            start_ms, end_ms = slots[0][0] * 1000, (slots[-1][0] + 900) * 1000
            until_ms = min(end_ms, closed_ms)
            rows: list[QuarterRow] = quarter_rows(self._quarters(start_ms, until_ms), self._called)
            yield Month(f"{month.first:%Y-%m}", rows, slots, until_ms // 1000)
