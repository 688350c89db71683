"""Looking after the disk: how long it lasts, and a warning before it hurts."""

import shutil
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from flatwatt.report.periods import local_day
from flatwatt.report.room import Forecast, Room, forecast, room_of, room_words
from flatwatt.report.wording import Language
from flatwatt.store.home import Home
from flatwatt.store.sizes import Sizes, sizes_of

FreeBytes = Callable[[Path], int]


def free_bytes(path: Path) -> int:
    """Return what is free for us on a path's disk; raises OSError."""
    return shutil.disk_usage(path).free


def forecast_of(sizes: Sizes, free: int, now_ms: int, zone: tzinfo) -> Forecast:
    """Return how long the disk lasts, from the record's newest whole days.

    Today is not over, and the first day of a record seldom began at midnight: neither tells a
    day's growth.
    """
    today = local_day(now_ms, zone)
    past = [each for each in sizes.days if each.day < today]
    whole = past[1:] if len(past) > 1 else []
    beside = (sizes.derived + sizes.state) // max(1, len(sizes.days))
    return forecast(free, [each.plain_bytes for each in whole], beside)


class RoomWatch:
    """Watches the room on a home's disk.

    Args:
        home: of the flat.
        zone: of the flat.
        language: of the warning.
        free: tells what is free on a path's disk.
    """

    def __init__(
        self, home: Home, zone: tzinfo, language: Language, free: FreeBytes = free_bytes
    ) -> None:
        self.room = Room.ENOUGH
        self._home = home
        self._zone = zone
        self._language = language
        self._free = free

    def look(self, now_ms: int) -> str | None:
        """Return the warning, None while there is room; reads the disk, for a worker thread.

        Raises:
            OSError, StoreError: the disk cannot be looked at.
        """
        today = local_day(now_ms, self._zone)
        free = self._free(self._home.path)
        sizes = sizes_of(self._home)
        found = forecast_of(sizes, free, now_ms, self._zone)
        self.room = room_of(found, self.room)
        return room_words(found, self.room, today, self._language)
