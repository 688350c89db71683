"""`--since 12w`, `--month 2026-11`: which stretch of time a person means."""

import re
from datetime import date, timedelta

from flatwatt.cli.asked import parse_day
from flatwatt.errors import UsageError
from flatwatt.report.periods import Period, month_period

_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}


def since_day(text: str, today: date) -> date:
    """Return the first day a person means: `12w`, `90d`, `3m`, `1y`, or a day itself.

    Raises:
        UsageError: none of these.
    """
    match = re.fullmatch(r"(\d{1,4})([dwmy])", text.strip().lower())
    if match is None:
        return parse_day(text, today)
    return today - timedelta(days=int(match[1]) * _UNITS[match[2]])


def period_of(month: str, since: str, today: date) -> Period | None:
    """Return the days a person means; None for all there are.

    Raises:
        UsageError: both are given, or one is no time.
    """
    if month and since:
        raise UsageError("say only one of --month and --since")
    if month:
        return month_period(parse_day(month, today))
    return Period(since_day(since, today), today) if since else None
