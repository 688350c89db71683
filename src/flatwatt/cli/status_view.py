"""The page of `status`; names are shown as text, never as markup."""

from datetime import date, tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flatwatt.report.periods import local_day, local_time
from flatwatt.report.room import DAYS, LONGEST_DAYS, room_words, size_words
from flatwatt.report.wording import Language, clock, number, span, word
from flatwatt.report.wording import day as day_of
from flatwatt.status import DRIFT_PERCENT, SILENT_MS, Heard, Status

GAP_S = 60
"""Shorter gaps in all those days are not worth a line."""


def needs(found: Status, zone: tzinfo, language: Language) -> list[str]:
    """Return what needs a person, in words; empty when all is well."""
    asked = [] if found.recording else [word("care_runs_not", language)]
    for each in found.appliances:
        asked += _of_appliance(each, language, recording=found.recording)
    today = local_day(found.at_ms, zone)
    room = room_words(found.disk, found.room, today, language)
    asked += [room] if room else []
    if found.damaged:
        asked.append(
            word("care_bad_rows", language).format(rows=found.damaged, first=found.first_damaged)
        )
    return [*asked, *found.troubles]


def _of_appliance(each: Heard, language: Language, *, recording: bool) -> list[str]:
    asked = []
    if recording and each.age_s is None:
        asked.append(f"{each.name}: {word('care_never', language)}")
    elif recording and each.age_s is not None and each.age_s * 1000 > SILENT_MS:
        asked.append(word("care_silent", language).format(name=each.name, span=span(each.age_s)))
    if each.drift_percent is not None and abs(each.drift_percent) >= DRIFT_PERCENT:
        percent = number(each.drift_percent, 0, language)
        asked.append(word("care_drifts", language).format(name=each.name, percent=percent))
    return asked


def status_view(
    found: Status, asked: list[str], name: str, zone: tzinfo, language: Language
) -> RenderableType:
    """Return the page."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    before = ""
    for key, text in _lines(found, language):
        table.add_row(Text("" if key == before else key, "bold"), Text(text))
        before = key
    at = local_time(found.at_ms, zone)
    title = Text(f"{name} · {day_of(at, language)} {clock(at)}", "bold")
    notes = [Text(f"! {each}", "yellow") for each in asked]
    if notes:
        notes.insert(0, Text(f"{word('care_look', language)}:", "bold yellow"))
    else:
        notes = [Text(word("care_fine", language), "green")]
    return Group(title, table, *notes)


def _lines(found: Status, language: Language) -> list[tuple[str, str]]:
    """Return what the page says, as (heading, text)."""

    def said(key: str) -> str:
        return word(f"care_{key}", language)

    lines = [(said("collector"), _collector(found, language))]
    lines += [(said("heard"), text) for text in _heard(found, language)]
    lines += [(said("record"), text) for text in _record(found, language)]
    lines.append((said("derived"), size_words(found.derived_bytes, language)))
    if found.kept_days:
        kept = said("kept_days").format(days=found.kept_days)
        lines.append((said("kept"), f"{size_words(found.kept_bytes, language)}, {kept}"))
    lines.append((said("state"), size_words(found.state_bytes, language)))
    lines += [(said("disk"), text) for text in _disk(found, language)]
    lines.append((said("policy"), _policy(found, language)))
    key = "all_days" if found.read_days is None else "damaged_in"
    lines.append((said("damaged"), said(key).format(rows=found.damaged, days=found.read_days)))
    lines.append((said("gaps").format(days=found.looked_days), _gaps(found, language)))
    lines.append((said("drift"), _drift(found, language)))
    age = found.checkpoint_age_s
    kept = said("never") if age is None else said("ago").format(span=span(age))
    lines.append((said("checkpoint"), kept))
    lines.append((said("versions"), ", ".join(f"{k} {v}" for k, v in found.versions.items())))
    return lines


def _collector(found: Status, language: Language) -> str:
    if not found.recording:
        return word("care_runs_not", language)
    return word("care_runs", language).format(pid=found.process or "?")


def _heard(found: Status, language: Language) -> list[str]:
    lines = []
    for each in found.appliances:
        ago = word("care_never", language)
        if each.age_s is not None:
            ago = word("care_ago", language).format(span=span(each.age_s))
        lines.append(f"{each.name}  {ago}")
    return lines


def _record(found: Status, language: Language) -> list[str]:
    lines = [size_words(found.record_bytes, language)]
    if found.first_day is not None and found.last_day is not None:
        days = word("care_days", language).format(
            days=found.days,
            first=_day(found.first_day, language),
            last=_day(found.last_day, language),
        )
        lines[0] += f", {days}"
    if found.rows_a_day is not None and found.bytes_a_reading is not None:
        size = number(found.bytes_a_reading, 1, language)
        lines.append(word("care_rows", language).format(rows=found.rows_a_day, size=size))
    return lines


def _disk(found: Status, language: Language) -> list[str]:
    disk = found.disk
    free = f"{size_words(disk.free_bytes, language)} {word('room_free', language)}"
    if disk.days_left is None or disk.least_days_left is None:
        return [free, word("care_unknown", language)]
    if disk.days_left >= LONGEST_DAYS or found.full_on is None:
        return [f"{free}, {word('care_lasts_long', language)}"]
    until = _day(found.full_on, language)
    lasts = word("care_lasts", language).format(days=int(disk.days_left), until=until)
    least = word("care_least", language).format(days=int(disk.least_days_left))
    lines = [f"{free}, {lasts} ({least})"]
    if disk.known_days < DAYS:
        lines.append(word("care_weak", language).format(known=disk.known_days))
    return lines


def _policy(found: Status, language: Language) -> str:
    if found.keep_days is None:
        return word("care_for_ever", language)
    return word("care_keep_days", language).format(days=found.keep_days, over=found.prunable_days)


def _gaps(found: Status, language: Language) -> str:
    gaps = [f"{each.name} {span(each.gaps_s)}" for each in found.appliances
            if each.gaps_s >= GAP_S]  # fmt: skip
    return ", ".join(gaps) or word("care_none", language)


def _drift(found: Status, language: Language) -> str:
    drifts = [
        f"{each.name} {number(each.drift_percent, 1, language)} %"
        for each in found.appliances
        if each.drift_percent is not None
    ]
    return ", ".join(drifts) or word("care_none", language)


def _day(day: date, language: Language) -> str:
    return f"{day:%d.%m.%Y}" if language == "de" else day.isoformat()
