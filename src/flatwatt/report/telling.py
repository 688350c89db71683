"""What happened, in one line a flatmate understands."""

from collections.abc import Callable
from decimal import Decimal

from flatwatt.model import Event
from flatwatt.report.kinds import KINDS, question
from flatwatt.report.wording import Language, eur, kwh, number, span, stage_word, word


def told_words(event: Event, name: str, language: Language) -> str:
    """Return an event as a line: `Washing machine finished: 0.84 kWh, 0.27 EUR, 1 h 52 min`.

    Args:
        event: of any kind; one without words of its own is named as on the wire.
        name: of the appliance, as people call it; any text.
        language: of the words.
    """
    make = _LINES.get(event.kind)
    return f"{event.kind} {name}" if make is None else make(event, name, language)


def _plain(key: str) -> Callable[[Event, str, Language], str]:
    def make(_: Event, name: str, language: Language) -> str:
        return f"{name} {word(key, language)}"

    return make


def _finished(event: Event, name: str, language: Language) -> str:
    return f"{name} {word('told_finished', language)}: {_figures(event, language)}"


def _supposed(event: Event, name: str, language: Language) -> str:
    percent = number(100 * float(str(event.data["probability"])), 0, language)
    said = word("probably_finished", language)
    return f"{name} {said} ({percent} %): {_figures(event, language)}"


def _figures(event: Event, language: Language) -> str:
    cost = event.data["cost_eur"]
    paid = eur(None if cost is None else Decimal(str(cost)), language)
    energy = kwh(round(float(str(event.data["energy_wh"])) * 1000), language)
    return f"{energy}, {paid}, {span(float(str(event.data['duration_s'])))}"


def _stage(event: Event, name: str, language: Language) -> str:
    return f"{name}: {stage_word(str(event.data['stage']), language)}"


def _guessed(event: Event, name: str, language: Language) -> str:
    kind = str(event.data["kind"])
    if kind not in KINDS:
        return f"{name} {word('told_other', language)}"
    return f"{name}: {question(event.appliance, kind, language)}"


def _imported(event: Event, name: str, language: Language) -> str:
    energy = kwh(round(float(str(event.data["energy_wh"])) * 1000), language)
    return f"{name}: {word('told_imported', language)}, {energy}"


_LINES: dict[str, Callable[[Event, str, Language], str]] = {
    "device_started": _plain("told_started"),
    "device_probably_finished": _supposed,
    "device_resumed": _plain("told_resumed"),
    "device_finished": _finished,
    "device_emptied": _plain("told_emptied"),
    "stage_changed": _stage,
    "kind_guessed": _guessed,
    "record_imported": _imported,
}
