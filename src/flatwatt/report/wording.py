"""Numbers and words as people read them, in German and English."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from flatwatt.model import State
from flatwatt.report.words_archive import ARCHIVE_WORDS
from flatwatt.report.words_care import CARE_WORDS
from flatwatt.report.words_compare import COMPARE_WORDS
from flatwatt.report.words_correct import CORRECT_WORDS
from flatwatt.report.words_doors import DOOR_WORDS
from flatwatt.report.words_fleet import FLEET_WORDS
from flatwatt.report.words_report import REPORT_WORDS

Language = Literal["de", "en"]
NOTHING = "–"
"""Shown where nothing is known; never a zero."""

WORDS: dict[str, tuple[str, str]] = {
    "appliance": ("Gerät", "Appliance"),
    "state": ("Zustand", "State"),
    "power": ("Leistung", "Power"),
    "today": ("Heute", "Today"),
    "cost": ("Kosten", "Cost"),
    "run": ("Lauf", "Run"),
    "energy": ("Energie", "Energy"),
    "peak": ("Spitze", "Peak"),
    "peak_w": ("Spitze\nW", "Peak\nW"),
    "standby_w": ("Standby\nW", "Standby\nW"),
    "standby_year": ("Standby\nEUR/Jahr", "Standby\nEUR/year"),
    "active_h": ("Betrieb\nh", "Active\nh"),
    "runs": ("Läufe", "Runs"),
    "total": ("Summe", "Total"),
    "base_fee": ("Grundpreis", "Base fee"),
    "with_fee": ("mit Grundpreis", "with base fee"),
    "started": ("Beginn", "Started"),
    "ended": ("Ende", "Ended"),
    "duration": ("Dauer", "Duration"),
    "missing": ("ohne Messung", "not measured"),
    "drift": ("Zähler weicht von der Leistung ab um", "the counter differs from the power by"),
    "now": ("jetzt", "now"),
    "probably_finished": ("wohl fertig", "probably finished"),
    "done_at": ("fertig", "done"),
    "shared": ("am selben Stecker läuft noch etwas, das nicht mitgezählt wird als Lauf",
               "another load shares this plug; its own coming and going is no run"),
    "told_started": ("läuft", "started"),
    "told_finished": ("fertig", "finished"),
    "told_resumed": ("läuft doch weiter", "goes on after all"),
    "told_emptied": ("ausgeräumt", "emptied"),
    "told_other": ("ist keines der bekannten Geräte", "is none of the known kinds"),
    "last": ("zuletzt", "last"),
    "peak_note": ("Spitze der Summe: höchste Viertelstunde",
                  "Peak of the total: highest quarter-hour"),
    "no_tariff": ("kein Tarif für diese Zeit: [[tariff]] in flatwatt.toml",
                  "no tariff for this time: add [[tariff]] to flatwatt.toml"),
    "nothing": ("Nichts gemessen in dieser Zeit.", "Nothing was measured in this time."),
    "no_runs": ("Keine Läufe in dieser Zeit.", "No runs in this time."),
    "stage": ("Abschnitt", "Stage"),
    "stage_heating": ("Heizen", "heating"),
    "stage_printing": ("Drucken", "printing"),
    "stage_idle_hot": ("heiß, druckt nicht", "hot, not printing"),
    "stage_washing": ("Waschen", "washing"),
    "stage_rinsing": ("Spülen", "rinsing"),
    "stage_spinning": ("Schleudern", "spinning"),
    "stage_drying": ("Trocknen", "drying"),
    "stage_cooling": ("Abkühlen", "cooling"),
    "stage_anti_crease": ("Knitterschutz", "anti-crease"),
    State.UNKNOWN: ("unbekannt", "unknown"),
    State.OFF: ("aus", "off"),
    State.IDLE: ("bereit", "idle"),
    State.ACTIVE: ("läuft", "active"),
    State.FINISHED: ("fertig", "finished"),
    **CARE_WORDS,
    **ARCHIVE_WORDS,
    **COMPARE_WORDS,
    **CORRECT_WORDS,
    **DOOR_WORDS,
    **REPORT_WORDS,
    **FLEET_WORDS,
}  # fmt: skip


def word(key: str, language: Language) -> str:
    """Return a word in a language."""
    return WORDS[key][0 if language == "de" else 1]


def stage_word(name: str, language: Language) -> str:
    """Return a stage's word; its own name where there is none."""
    key = next((key for key in (f"stage_{name}", name) if key in WORDS), None)
    return name if key is None else word(key, language)


def signed(value: float | Decimal | None, digits: int, language: Language) -> str:
    """Return a difference with its sign; a bare 0 when it rounds to none."""
    if value is None:
        return NOTHING
    text = f"{value:+.{digits}f}"
    return decimal(text, language) if text.strip("+-0.") else "0"


def decimal(text: str, language: Language) -> str:
    """Return digits with the language's decimal sign."""
    return text.replace(".", ",") if language == "de" else text


def watt(power_w: float | None, language: Language) -> str:
    """Return power: whole watts from 10 W on, tenths below."""
    if power_w is None:
        return NOTHING
    return decimal(f"{power_w:.1f} W" if abs(power_w) < 9.95 else f"{power_w:.0f} W", language)


def kwh(energy_mwh: int | None, language: Language) -> str:
    """Return energy in kWh with two decimals."""
    if energy_mwh is None:
        return NOTHING
    return decimal(f"{Decimal(energy_mwh) / 1_000_000:.2f} kWh", language)


def eur(amount: Decimal | None, language: Language) -> str:
    """Return an amount in EUR with two decimals."""
    return NOTHING if amount is None else decimal(f"{amount:.2f} EUR", language)


def span(seconds: float | None) -> str:
    """Return a duration: `52 s`, `7 min`, `1 h 52 min`."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{int(seconds)} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def number(value: float | Decimal | None, digits: int, language: Language) -> str:
    """Return a number with fixed decimals, for columns that name their unit."""
    return NOTHING if value is None else decimal(f"{value:.{digits}f}", language)


def clock(at: datetime) -> str:
    """Return hours and minutes of a local time."""
    return f"{at:%H:%M}"


def day_text(at: date, language: Language) -> str:
    """Return a local date: `24.11.2026` or `2026-11-24`."""
    return f"{at:%d.%m.%Y}" if language == "de" else f"{at:%Y-%m-%d}"


def day(at: datetime, language: Language) -> str:
    """Return the date of a local time; see `day_text`."""
    return day_text(at.date(), language)
