"""How long the disk lasts, and when a person should hear of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from msgspec import Struct

from flatwatt.report.wording import Language, decimal, word

DAYS = 7
"""So many of the newest whole days tell how fast the record grows."""
MB = 1_000_000
CALM = 1.5
"""A warning ends only with so much more room than where it began: it does not flap."""
LONGEST_DAYS = 36_500.0


class Room(StrEnum):
    """How much room the disk has."""

    ENOUGH = "enough"
    LOW = "low"
    SHORT = "short"


LIMITS = ((Room.SHORT, 2.0, 50 * MB), (Room.LOW, 14.0, 200 * MB))
"""Room, with fewer days left or fewer bytes free than these. Two weeks are a holiday; ten plugs
at one reading a second write 80 MB a day; SQLite needs some MB to write at all."""


class Forecast(Struct, frozen=True):
    """How long the disk lasts, if nobody but flatwatt fills it.

    Attributes:
        free_bytes: on the disk now.
        day_bytes: a usual recent day's growth; None before a whole day was recorded.
        most_day_bytes: growth of the fullest recent day.
        known_days: from so many whole days; few are a weak ground.
        days_left: until it is full at the usual rate; None when that is not known.
        least_days_left: until it is full if every day is as the fullest.
    """

    free_bytes: int
    day_bytes: int | None = None
    most_day_bytes: int | None = None
    known_days: int = 0
    days_left: float | None = None
    least_days_left: float | None = None


def forecast(free_bytes: int, days_bytes: Sequence[int], beside_bytes: int = 0) -> Forecast:
    """Return how long the disk lasts.

    Args:
        free_bytes: on the disk now.
        days_bytes: size of the record's newest whole days, newest last.
        beside_bytes: what each day adds beside the record: quarter-hours, events.
    """
    newest = days_bytes[-DAYS:]
    if not newest:
        return Forecast(free_bytes)
    usual, most = round(median(newest)) + beside_bytes, max(newest) + beside_bytes
    return Forecast(
        free_bytes,
        usual,
        most,
        len(newest),
        min(LONGEST_DAYS, free_bytes / max(1, usual)),
        min(LONGEST_DAYS, free_bytes / max(1, most)),
    )


def room_of(found: Forecast, before: Room = Room.ENOUGH) -> Room:
    """Return how much room there is; one that was told ends only when there is clearly more."""
    worse_or_same = {Room.SHORT: (Room.SHORT,), Room.LOW: (Room.SHORT, Room.LOW)}
    for each, days, bytes_ in LIMITS:
        factor = CALM if before in worse_or_same[each] else 1.0
        few_days = found.days_left is not None and found.days_left < days * factor
        if few_days or found.free_bytes < bytes_ * factor:
            return each
    return Room.ENOUGH


def last_day(found: Forecast, today: date) -> date | None:
    """Return the day on which the disk is full at the usual rate; None when not known or far."""
    if found.days_left is None or found.days_left >= LONGEST_DAYS:
        return None
    return today + timedelta(days=int(found.days_left))


def room_words(found: Forecast, room: Room, today: date, language: Language) -> str | None:
    """Return what to tell a person, fact and remedy; None while there is enough room."""
    if room is Room.ENOUGH:
        return None
    until = last_day(found, today)
    text = f"{word(f'room_{room}', language)}: {size_words(found.free_bytes, language)}"
    text += f" {word('room_free', language)}"
    if until is not None:
        day = f"{until:%d.%m.%Y}" if language == "de" else until.isoformat()
        text += f", {word('room_until', language)} {day}"
    return f"{text}. {word('room_remedy', language)}"


def size_words(bytes_: float, language: Language) -> str:
    """Return a size as people say it: `850 kB`, `12.4 MB`, `3.1 GB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if bytes_ >= factor:
            digits = 1 if bytes_ < 100 * factor else 0
            return decimal(f"{bytes_ / factor:.{digits}f} {unit}", language)
    return f"{bytes_ / 1e3:.0f} kB"
