"""What the LCD says of a run going on: its stage, its end, and that it is probably over."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sinks.flats import AT_MS, BERLIN, EXTRAS, HOUR_MS, WASHER, flat

from flatwatt.model import Ending
from flatwatt.report.wording import WORDS
from flatwatt.sinks.lcd.cells import Glyph
from flatwatt.sinks.lcd.pages import TURN_MS, all_pages

STAGES = sorted(key.removeprefix("stage_") for key in WORDS if key.startswith("stage_"))
MINUTE_MS = 60_000
END = Ending(AT_MS + HOUR_MS, AT_MS + 50 * MINUTE_MS, AT_MS + 64 * MINUTE_MS)
"""13:06, between 12:56 and 13:10."""


def rows_of(language: str, turns: int, **more) -> list[str]:
    """Return the lower rows of the washer's page, one turn after the other."""
    found = []
    for number in range(turns):
        # Its run has lasted as long on every turn.
        at_ms = (AT_MS // (6 * TURN_MS) * 6 + number) * TURN_MS
        fields = {"run_start_ms": at_ms - HOUR_MS - 52 * MINUTE_MS, **more}
        washer = msgspec.structs.replace(WASHER, **fields)
        shown = all_pages(flat(at_ms, appliances=[washer]), EXTRAS, language, BERLIN)[1]
        assert len(shown.top) == len(shown.bottom) == 16
        found.append(shown.bottom)
    return found


def test_a_run_says_its_stage_its_figures_and_its_end_in_turn():
    assert rows_of("de", 4, stage="spinning", end=END) == [
        "Schleuder 1:52 h",
        f"  0,70kWh  0,22{Glyph.EURO}",
        "Ende  13:06+-10'",
        "Schleuder 1:52 h",
    ]
    assert rows_of("en", 3, stage="spinning", end=END)[::2] == [
        "spinning  1:52 h",
        "done  13:06+-10'",
    ]


def test_a_run_without_a_known_end_takes_two_turns():
    rows = rows_of("en", 4, stage="heating")
    assert rows[:2] == rows[2:]
    assert rows[0] == "heating   1:52 h"


@pytest.mark.parametrize(("language", "words"), [("de", "fertig?"), ("en", "done?")])
def test_what_is_probably_over_asks_and_tells_no_end(language, words):
    rows = rows_of(language, 4, stage="spinning", end=END, probably_finished=0.9)
    assert rows[0] == rows[2] == f"{words.ljust(10)}1:52 h"
    assert not any("13:06" in row for row in rows)


WHOLE = {
    "anti_crease": ("Knitter", "crease"),
    "cooling": ("Abkuehlen", "cooling"),
    "drying": ("Trocknen", "drying"),
    "heating": ("Heizen", "heating"),
    "idle_hot": ("heiss", "hot"),
    "printing": ("Drucken", "printing"),
    "rinsing": ("Spuelen", "rinsing"),
    "spinning": ("Schleuder", "spinning"),
    "washing": ("Waschen", "washing"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_whole_word_beside_the_time(stage):
    german, english = WHOLE[stage]
    assert rows_of("de", 1, stage=stage) == [f"{german.ljust(10)}1:52 h"]
    assert rows_of("en", 1, stage=stage) == [f"{english.ljust(10)}1:52 h"]


def test_an_end_far_from_sure_still_says_what_it_is():
    wide = Ending(AT_MS + HOUR_MS, AT_MS, AT_MS + 20 * HOUR_MS)
    assert rows_of("de", 3, end=wide)[2] == "Ende 13:06+-999'"
    assert rows_of("en", 3, end=wide)[2] == "done 13:06+-999'"


ANY_MS = st.integers(-(10**18), 10**18)
ENDS = st.builds(Ending, ANY_MS, ANY_MS, ANY_MS)


@given(
    st.sampled_from([*STAGES, ""]) | st.text(max_size=30),
    st.none() | ENDS,
    st.none() | st.floats(),
    st.sampled_from(["de", "en"]),
)
def test_whatever_is_said_of_a_run_it_is_two_rows_of_sixteen_cells(stage, end, sure, language):
    for row in rows_of(language, 3, stage=stage, end=end, probably_finished=sure):
        assert "\\" not in row
