"""Times as recordings write them, turned into ms of Unix time; nothing is guessed."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

FIRST_MS = 315_532_800_000
"""1980-01-01: no smart plug was read before; smaller numbers are not ms."""

LAST_MS = 4_102_444_800_000
"""2100-01-01."""

_NUMBER = re.compile(r"\d{1,13}(\.\d{1,9})?")


class BadCell(ValueError):
    """A cell that does not say what its column promises; the text tells how."""


def stamp_ms(text: str, utc_offset: str, zone: ZoneInfo | None, before_ms: int) -> int:
    """Return the time of a row.

    Args:
        text: ISO 8601, seconds or ms of Unix time.
        utc_offset: from a column of its own, `+01:00`; empty where there is none.
        zone: of times that name no offset.
        before_ms: time of the row before, which tells the two passes through the
            repeated hour of October apart.

    Raises:
        BadCell: no such time.
    """
    if _NUMBER.fullmatch(text):
        return _of_number(text)
    try:
        local = datetime.fromisoformat(text + utc_offset)
    except ValueError as error:
        raise BadCell(f"{text!r} is no time; write ISO 8601 or Unix time") from error
    if local.tzinfo is None:
        return _of_local(local, text, zone, before_ms)
    return _checked(_ms(local), text)


def epoch_ms(text: str) -> int:
    """Return a time that is whole ms of Unix time.

    Raises:
        BadCell: it is not.
    """
    if not (text.isascii() and text.isdigit()):
        raise BadCell(f"{text!r} is no time in ms of Unix time")
    return _checked(int(text[:20]), text)


def _of_number(text: str) -> int:
    value = float(text)
    return _checked(round(value if value >= FIRST_MS else value * 1000), text)


def _of_local(local: datetime, text: str, zone: ZoneInfo | None, before_ms: int) -> int:
    if zone is None:
        raise BadCell(f"{text!r} names no UTC offset; set the option zone, as Europe/Berlin")
    at_ms = _ms(local.replace(tzinfo=zone))
    if at_ms < before_ms:
        at_ms = max(at_ms, _ms(local.replace(tzinfo=zone, fold=1)))
    return _checked(at_ms, text)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _checked(at_ms: int, text: str) -> int:
    if not FIRST_MS <= at_ms < LAST_MS:
        raise BadCell(f"{text!r} is not a time between 1980 and 2100")
    return at_ms
