"""Local days, weeks and months as stretches of UTC; 23 and 25 hours included."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct


class Period(Struct, frozen=True):
    """Local days `first` to `last`, both included."""

    first: date
    last: date

    def bounds_ms(self, zone: tzinfo) -> tuple[int, int]:
        """Return its start and end (not included) in ms of Unix time."""
        return day_start_ms(self.first, zone), day_start_ms(self.last + timedelta(days=1), zone)


def day_start_ms(day: date, zone: tzinfo) -> int:
    """Return local midnight of a day in ms of Unix time."""
    return int(datetime.combine(day, datetime.min.time(), zone).timestamp() * 1000)


def local_day(at_ms: int, zone: tzinfo) -> date:
    """Return the local day an instant falls in."""
    return local_time(at_ms, zone).date()


def local_time(at_ms: int, zone: tzinfo) -> datetime:
    """Return an instant as local time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)


def day_period(day: date) -> Period:
    """Return one day."""
    return Period(day, day)


def week_period(day: date) -> Period:
    """Return the week (Monday to Sunday) around a day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def month_period(day: date) -> Period:
    """Return the calendar month around a day."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def year_period(day: date) -> Period:
    """Return the calendar year around a day."""
    return Period(day.replace(month=1, day=1), day.replace(month=12, day=31))


def previous(period: Period) -> Period:
    """Return the period before: the month before a month, the year before a year, as many days."""
    eve = period.first - timedelta(days=1)
    for make in (month_period, year_period):
        if make(period.first) == period:
            return make(eve)
    return Period(period.first - (period.last - period.first) - timedelta(days=1), eve)
