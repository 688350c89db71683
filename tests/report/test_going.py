"""What is said of runs going on and of what happened."""

from datetime import UTC, date
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console
from tests.appliance.test_following import WASHES, following
from tests.appliance.test_tracker import STEP_MS, WASH, readings
from tests.sinks.flats import AT_MS, BERLIN, WASHER, flat

from flatwatt.appliance.happenings import Happening
from flatwatt.cli.view import live_view
from flatwatt.model import ApplianceNow, Ending, Event, Run
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.events import event_of
from flatwatt.report.going import end_words, going_words
from flatwatt.report.kinds import KINDS
from flatwatt.report.now import appliance_now
from flatwatt.report.telling import told_words
from flatwatt.report.wording import WORDS

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
"""AT_MS is 12:06:40 in Berlin."""
TARIFF = FixedTariff([Contract(date(2020, 1, 1), Decimal("0.32"), Decimal(0))], UTC)


def ending(before_min: float, after_min: float) -> Ending:
    at_ms = AT_MS + HOUR_MS
    return Ending(
        at_ms, at_ms - round(before_min * MINUTE_MS), at_ms + round(after_min * MINUTE_MS)
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (ending(4, 4), "13:06 ± 4 min"),
        (ending(3.2, 1), "13:06 ± 4 min"),
        (ending(0, 0), "13:06 ± 1 min"),
        (ending(90, 70), "13:06 ± 1 h 30 min"),
        (ending(4, 40), "13:02–13:46"),
        (ending(30, 2), "12:36–13:08"),
    ],
)
def test_an_end_is_said_with_plus_or_minus_or_as_a_range_where_it_is_lopsided(end, words):
    assert end_words(end, BERLIN) == words


def going(language, **more):
    return going_words(replace(WASHER, **more), BERLIN, language)


def test_a_run_going_on_says_its_stage_and_its_end_until_it_is_probably_over():
    end = ending(4, 4)
    assert going("de", stage="spinning", end=end) == "Schleudern, fertig 13:06 ± 4 min"
    assert going("en", stage="spinning", end=end) == "spinning, done 13:06 ± 4 min"
    assert going("en", stage="spinning", end=end, probably_finished=0.9) == "probably finished"
    assert going("de", probably_finished=0.9) == "wohl fertig"
    assert going("de") == ""


# --- at any moment ----------------------------------------------------------------


def fourth_wash(upto: int, late_ms: int) -> tuple[int, ApplianceNow]:
    """Return a moment in the fourth wash, and what is known of it then."""
    tracker, last = following("washing_machine"), WASHES[-1]
    again = readings(WASH, start_ms=last.at_ms + STEP_MS, energy_wh=last.energy_wh)
    for row in (*WASHES, *list(again)[:upto]):
        tracker.feed(row)
    now_ms = row.at_ms + late_ms
    return now_ms, appliance_now(
        tracker,
        id_="washer",
        name="W",
        kind="washing_machine",
        prices=TARIFF,
        zone=UTC,
        now_ms=now_ms,
        trouble=None,
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(120, 429), st.integers(0, 4 * HOUR_MS))
def test_an_end_is_never_in_the_past_and_lies_within_its_interval(upto, late_ms):
    now_ms, each = fourth_wash(upto, late_ms)
    assert each.end is not None
    assert now_ms <= each.end.low_ms <= each.end.at_ms <= each.end.high_ms


def test_what_has_not_begun_has_no_end():
    assert fourth_wash(30, 0)[1].end is None


# --- what happened ----------------------------------------------------------------

RUN = Run(
    "washer-20261118T100000Z",
    "washer",
    AT_MS - 2 * HOUR_MS,
    AT_MS - 8 * MINUTE_MS,
    837_000,
    2034.0,
    slices=((AT_MS // 900_000 * 900_000, 837_000),),
)


def said(kind: str, language: str, name: str = "Waschmaschine", **more) -> str:
    event = event_of(Happening(kind, AT_MS, RUN, **more), TARIFF)
    return told_words(event, name, language)


@pytest.mark.parametrize(
    ("kind", "more", "german", "english"),
    [
        ("started", {}, "läuft", "started"),
        ("finished", {"probability": 0.98}, "fertig: 0,84 kWh, 0,27 EUR, 1 h 52 min",
         "finished: 0.84 kWh, 0.27 EUR, 1 h 52 min"),
        ("probably_finished", {"probability": 0.934},
         "wohl fertig (93 %): 0,84 kWh, 0,27 EUR, 1 h 52 min",
         "probably finished (93 %): 0.84 kWh, 0.27 EUR, 1 h 52 min"),
        ("resumed", {"count": 1}, "läuft doch weiter", "goes on after all"),
        ("emptied", {}, "ausgeräumt", "emptied"),
    ],
)  # fmt: skip
def test_what_happened_is_one_line_in_both_languages(kind, more, german, english):
    more = dict(more)
    if kind in ("finished", "probably_finished"):
        event = event_of(Happening(kind, RUN.end_ms, RUN, **more), TARIFF)
        assert told_words(event, "W", "de") == f"W {german}"
        assert told_words(event, "W", "en") == f"W {english}"
    else:
        assert said(kind, "de", "W", **more) == f"W {german}"
        assert said(kind, "en", "W", **more) == f"W {english}"


def test_a_stage_and_a_guess_are_said_after_a_colon():
    assert said("stage_changed", "de", what="spinning") == "Waschmaschine: Schleudern"
    assert said("stage_changed", "en", what="spinning") == "Waschmaschine: spinning"
    asked = said("kind_guessed", "en", "W", probability=0.95, what="dryer")
    assert asked == "W: Looks like a dryer. Right? flatwatt appliance kind washer dryer"
    assert said("kind_guessed", "de", what="other", probability=0.9) == (
        "Waschmaschine ist keines der bekannten Geräte"
    )


def test_an_event_without_words_of_its_own_is_named_as_on_the_wire():
    event = Event("display_button/a-1", "display_button", AT_MS, "display", {})
    assert told_words(event, "Display", "de") == "display_button Display"


def test_a_run_without_a_price_says_a_dash_and_never_zero():
    event = event_of(Happening("finished", RUN.end_ms, RUN), FixedTariff([], UTC))
    assert told_words(event, "W", "en") == "W finished: 0.84 kWh, –, 1 h 52 min"


# --- on the screen ----------------------------------------------------------------

HOSTILE = "[bold red]W[/] [link=file:///]x[/link]"


def shown(language, **more) -> str:
    console = Console(width=220, record=True, file=StringIO())
    console.print(live_view(flat(appliances=[replace(WASHER, **more)]), BERLIN, language))
    return console.export_text()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_live_table_asks_whether_a_guess_is_right(kind):
    german, english = KINDS[kind]
    command = f"flatwatt appliance kind washer {kind}"
    asked = f"? Waschmaschine Küche: Sieht nach {german} aus. Stimmt das? {command}"
    assert asked in shown("de", guessed=kind)
    asked = f"? Waschmaschine Küche: Looks like {english}. Right? {command}"
    assert asked in shown("en", guessed=kind)


def test_nothing_is_asked_of_what_is_none_of_the_known_kinds():
    assert "?" not in shown("en", guessed="other")
    assert "?" not in shown("en")


@pytest.mark.parametrize("language", ["de", "en"])
def test_hostile_names_stay_text_in_the_table_and_in_the_question(language):
    text = shown(language, name=HOSTILE, guessed="dryer", stage="spinning", end=ending(4, 4))
    assert text.count(HOSTILE) == 2
    assert WORDS["stage_spinning"][language == "en"] in text
    assert "13:06 ± 4 min" in text
