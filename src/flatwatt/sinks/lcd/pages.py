"""The pages: one plain function each, from the flat's snapshot to two rows of 16 cells.

A page function takes `(now, extras, language, zone)` and returns `page(top, bottom)`.
Where two things share a row they take turns of `TURN_MS`, by the snapshot's own time.
Slots are stable: an appliance that starts or ends never moves another page.

| slot | page |
|---|---|
| 0 | now |
| 1, 2, 3 | appliances in a run, each in the seat it took when it began |
| 4 | today, one appliance after the other |
| 5 | week |
| 6 | standby |
| 7 | clock and last event |

That order is also the priority: a fourth active appliance waits for a free seat.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TypeAlias

from flatwatt.model import ApplianceNow, Ending, Snapshot, State
from flatwatt.report.periods import local_time
from flatwatt.report.wording import Language, stage_word, word
from flatwatt.sinks import Extras
from flatwatt.sinks.lcd.cells import Glyph, Page, bar, figure, page, plain, sides

TURN_MS = 4000
FULL_BAR_W = 3680.0
"""What one 16 A circuit can deliver: the bar of the now page is full there."""
SEATS = (1, 2, 3)
Seats: TypeAlias = tuple[str | None, ...]
NO_SEATS: Seats = (None,) * len(SEATS)
PageFunction: TypeAlias = Callable[[Snapshot, Extras, Language, tzinfo], Page]

_SAID = {
    "today": ("Heute", "Today"),
    "week": ("Woche ab", "Week from"),
    "standby": ("Standby", "Standby"),
    "year": ("im Jahr", "a year"),
    "no_event": ("noch kein Lauf", "no run yet"),
    "device_started": ("an", "on"),
    "device_finished": ("fertig", "done"),
    "end": ("Ende", "done"),
    "supposed": ("fertig?", "done?"),
    "spinning": ("Schleuder", "spinning"),
    "idle_hot": ("heiß", "hot"),
    "anti_crease": ("Knitter", "crease"),
}
_DAYS = {
    "de": ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def now_page(now: Snapshot, _: Extras, language: Language, _zone: tzinfo) -> Page:
    """Watts of the flat with a bar, today's kWh and EUR; `!` when a plug is not heard."""
    troubled = now.troubles or any(each.trouble for each in now.appliances)
    mark = "!" if troubled else Glyph.BOLT
    load = bar((now.total_w or 0.0) / FULL_BAR_W, 8)
    watts = figure(now.total_w, 5, 0, language)
    return page(f"{mark}{load}{watts} W", energy_row(now.today_mwh, now.today_eur, language))


def appliance_page(each: ApplianceNow, now: Snapshot, language: Language, zone: tzinfo) -> Page:
    """One appliance in a run: name and watts; stage and time, kWh and EUR, the expected end."""
    watts = figure(each.power_w, 5, 0, language)
    top = sides(Glyph.BOLT + _name(each), f"{watts} W")
    ends = each.end is not None and each.probably_finished is None
    now_shown = turn(now, 3 if ends else 2)
    if now_shown == 1:
        return page(top, energy_row(each.run_mwh, each.run_eur, language))
    if each.end is not None and now_shown == 2:
        return page(top, _end_row(each.end, language, zone))
    run_ms = None if each.run_start_ms is None else now.at_ms - each.run_start_ms
    return page(top, sides(_doing(each, language), hours(run_ms)))


def _doing(each: ApplianceNow, language: Language) -> str:
    """Return what it does, in nine cells: the stage where one is known."""
    if each.probably_finished is not None:
        return said("supposed", language)
    if not each.stage:
        return word(each.state, language)
    return said(each.stage, language) if each.stage in _SAID else stage_word(each.stage, language)


def _end_row(end: Ending, language: Language, zone: tzinfo) -> str:
    """Return the expected end with the longer side of its interval: `Ende   17:42+-4'`."""
    longer_ms = max(end.at_ms - end.low_ms, end.high_ms - end.at_ms)
    minutes = min(999, max(1, -(-longer_ms // 60_000)))
    return sides(said("end", language), f"{clock(moment(end.at_ms, zone))}+-{minutes}'")


def today_page(now: Snapshot, _: Extras, language: Language, _zone: tzinfo) -> Page:
    """Today's kWh and EUR of one appliance after the other."""
    heard = [each for each in now.appliances if each.age_ms is not None]
    if not heard:
        return page(said("today", language), energy_row(None, None, language))
    each = heard[turn(now, len(heard))]
    top = f"{said('today', language)} {_name(each)}"
    return page(top, energy_row(each.today_mwh, each.today_eur, language))


def week_page(now: Snapshot, extras: Extras, language: Language, zone: tzinfo) -> Page:
    """KWh and EUR since Monday."""
    at = moment(now.at_ms, zone)
    monday = None if at is None else at - timedelta(days=at.weekday())
    top = f"{said('week', language)} {short_date(monday, language)}"
    return page(top, energy_row(extras.week_mwh, extras.week_eur, language))


def standby_page(_: Snapshot, extras: Extras, language: Language, _zone: tzinfo) -> Page:
    """Standby watts of the flat and what they cost in a year."""
    watts = figure(extras.standby_w, 6, 1, language)
    year = figure(extras.standby_eur_year, 7, 2, language)
    return page(
        sides(said("standby", language), f"{watts} W"),
        sides(said("year", language), f"{year}{Glyph.EURO}"),
    )


def clock_page(now: Snapshot, extras: Extras, language: Language, zone: tzinfo) -> Page:
    """Day and time; the last event's name and kind, then its time and energy."""
    at = moment(now.at_ms, zone)
    day = "" if at is None else f"{_DAYS[language][at.weekday()]} {short_date(at, language)}"
    return page(sides(day, clock(at)), _event_row(now, extras, language, zone))


def _event_row(now: Snapshot, extras: Extras, language: Language, zone: tzinfo) -> str:
    event = extras.last_event
    if event is None:
        return said("no_event", language)
    if turn(now, 2):
        kwh = figure(_kwh(event.energy_mwh), 6, 2, language)
        return sides(clock(moment(event.at_ms, zone)), f"{kwh}kWh")
    kind = said(event.kind, language) if event.kind in _SAID else event.kind[:8]
    return sides(plain(event.name), plain(kind))


def _name(each: ApplianceNow) -> str:
    """Return a name without glyphs of its own: it is any text."""
    return plain(each.name) or each.id


LAYOUT: dict[int, PageFunction] = {
    0: now_page,
    4: today_page,
    5: week_page,
    6: standby_page,
    7: clock_page,
}
"""Slot -> page function; the slots of `SEATS` belong to active appliances."""


def all_pages(
    now: Snapshot, extras: Extras, language: Language, zone: tzinfo, seats: Seats | None = None
) -> dict[int, Page]:
    """Return slot -> page, at most eight, in the order of their slots.

    Args:
        now: the flat.
        extras: what the snapshot does not say.
        language: of words and decimal signs.
        zone: of clock and dates.
        seats: who sits where, from `seated`; as if all had just begun where None.
    """
    if seats is None:
        seats = seated(NO_SEATS, now)
    by_id = {each.id: each for each in now.appliances}
    found = {slot: make(now, extras, language, zone) for slot, make in LAYOUT.items()}
    for slot, id_ in zip(SEATS, seats, strict=True):
        if id_ is not None and id_ in by_id:
            found[slot] = appliance_page(by_id[id_], now, language, zone)
    return dict(sorted(found.items()))


def seated(before: Seats, now: Snapshot) -> Seats:
    """Return who has a page: active ones with a run keep their seat, new ones take free ones.

    A fridge has no run to show; it is on the page of today.
    """
    active = [
        each.id
        for each in now.appliances
        if each.state is State.ACTIVE and each.run_start_ms is not None
    ]
    kept = [id_ if id_ in active else None for id_ in before]
    waiting = iter([id_ for id_ in active if id_ not in kept])
    return tuple(next(waiting, None) if id_ is None else id_ for id_ in kept)


def turn(now: Snapshot, of: int) -> int:
    """Return whose turn it is among `of`, by the snapshot's time."""
    return now.at_ms // TURN_MS % of


def energy_row(mwh: int | None, eur: Decimal | None, language: Language) -> str:
    """Return kWh and EUR with both units in their columns: `  1.23kWh  0.39€`."""
    kwh = figure(_kwh(mwh), 6, 2, language)
    return f"{kwh}kWh{figure(eur, 6, 2, language)}{Glyph.EURO}"


def _kwh(mwh: int | None) -> Decimal | None:
    return None if mwh is None else Decimal(mwh) / 1_000_000


def hours(span_ms: int | None) -> str:
    """Return a duration as `1:52 h`."""
    if span_ms is None or span_ms < 0:
        return "--:-- h"
    minutes = span_ms // 60_000
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes < 60_000 else ">999 h"


def said(key: str, language: Language) -> str:
    """Return one of the pages' words."""
    return _SAID[key][0 if language == "de" else 1]


def moment(at_ms: int, zone: tzinfo) -> datetime | None:
    """Return local time; None for an instant no calendar holds."""
    try:
        return local_time(at_ms, zone)
    except (OverflowError, ValueError, OSError):
        return None


def clock(at: datetime | None) -> str:
    """Return hours and minutes."""
    return "--:--" if at is None else f"{at:%H:%M}"


def short_date(at: datetime | None, language: Language) -> str:
    """Return day and month: `23.11.` or `23 Nov`."""
    if at is None:
        return "--"
    return f"{at:%d.%m.}" if language == "de" else f"{at:%d} {_MONTHS[at.month - 1]}"


def names_of(shown: Sequence[int], seats: Seats = NO_SEATS) -> list[str]:
    """Return what people call the pages in these slots."""
    fixed = {slot: make.__name__.removesuffix("_page") for slot, make in LAYOUT.items()}
    sitting = {slot: id_ or "" for slot, id_ in zip(SEATS, seats, strict=True)}
    return [{**sitting, **fixed}[slot] for slot in shown]
