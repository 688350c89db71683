"""What the LCD says."""

from datetime import UTC
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sinks.flats import AT_MS, BERLIN, EXTRAS, PRINTER, WASHER, flat

from flatwatt.model import ApplianceNow, Snapshot, State
from flatwatt.sinks import Extras, LastEvent
from flatwatt.sinks.lcd.cells import (
    BITMAPS,
    Glyph,
    Page,
    bar,
    figure,
    framed,
    page,
    plain,
    row,
    sides,
)
from flatwatt.sinks.lcd.pages import LAYOUT, NO_SEATS, SEATS, TURN_MS, all_pages, names_of, seated
from flatwatt.sinks.lcd.wire import decode_cells, encode_cells

GOLDEN_DE = """
0 now
┌────────────────┐
│ϟ████▍    2042 W│
│  0,92kWh  0,30€│
└────────────────┘
1 washer
┌────────────────┐
│ϟWaschma  2034 W│
│laeuft    1:52 h│
└────────────────┘
4 today
┌────────────────┐
│Heute Waschmasch│
│  0,81kWh  0,26€│
└────────────────┘
5 week
┌────────────────┐
│Woche ab 16.11. │
│ 12,35kWh  3,95€│
└────────────────┘
6 standby
┌────────────────┐
│Standby   12,3 W│
│im Jahr   34,61€│
└────────────────┘
7 clock
┌────────────────┐
│Mi 18.11.  12:06│
│Spueli    fertig│
└────────────────┘
"""
GOLDEN_EN_NEXT_TURN = """
0 now
┌────────────────┐
│ϟ████▍    2042 W│
│  0.92kWh  0.30€│
└────────────────┘
1 washer
┌────────────────┐
│ϟWaschma  2034 W│
│  0.70kWh  0.22€│
└────────────────┘
4 today
┌────────────────┐
│Today 3D-Drucker│
│  0.11kWh  0.04€│
└────────────────┘
5 week
┌────────────────┐
│Week from 16 Nov│
│ 12.35kWh  3.95€│
└────────────────┘
6 standby
┌────────────────┐
│Standby   12.3 W│
│a year    34.61€│
└────────────────┘
7 clock
┌────────────────┐
│Wed 18 Nov 12:06│
│09:06    0.83kWh│
└────────────────┘
"""
GOLDEN_NOTHING_KNOWN = """
0 now
┌────────────────┐
│ϟ           -- W│
│  0.00kWh    --€│
└────────────────┘
4 today
┌────────────────┐
│Today           │
│    --kWh    --€│
└────────────────┘
5 week
┌────────────────┐
│Week from 16 Nov│
│    --kWh    --€│
└────────────────┘
6 standby
┌────────────────┐
│Standby     -- W│
│a year       --€│
└────────────────┘
7 clock
┌────────────────┐
│Wed 18 Nov 12:06│
│no run yet      │
└────────────────┘
"""


def drawn(now, extras, language, zone=BERLIN):
    seats = seated(NO_SEATS, now)
    pages = all_pages(now, extras, language, zone)
    names = names_of(list(pages), seats)
    boxes = (
        f"{slot} {name}\n{framed(pages[slot])}\n" for slot, name in zip(pages, names, strict=True)
    )
    return "\n" + "".join(boxes)


def test_the_pages_in_german_read_like_this():
    assert drawn(flat(), EXTRAS, "de") == GOLDEN_DE


def test_a_turn_later_in_english_they_read_like_this():
    assert drawn(flat(AT_MS + TURN_MS), EXTRAS, "en") == GOLDEN_EN_NEXT_TURN


def test_what_is_not_known_is_dashes_and_never_zero():
    empty = flat(appliances=(), total_w=None, today_mwh=0, today_eur=None)
    assert drawn(empty, Extras(), "en") == GOLDEN_NOTHING_KNOWN


ANY_NUMBER = st.one_of(st.none(), st.floats(), st.integers(-(10**30), 10**30).map(float))
ANY_DECIMAL = st.one_of(st.none(), st.decimals(allow_nan=True, allow_infinity=True))
ANY_MS = st.integers(-(10**18), 10**18)
ANY_MWH = st.integers(-(10**40), 10**40)
ANY_TEXT = st.one_of(
    st.text(max_size=40), st.sampled_from(["A" * 5000, "\u202eevil", "\x1b[2J", "$*\\"])
)
appliances = st.builds(
    ApplianceNow,
    id=st.sampled_from(["a", "b", "c", "d", "e"]),
    name=ANY_TEXT,
    kind=ANY_TEXT,
    state=st.sampled_from(State),
    power_w=ANY_NUMBER,
    age_ms=st.none() | ANY_MS,
    today_mwh=ANY_MWH,
    today_eur=ANY_DECIMAL,
    run_start_ms=st.none() | ANY_MS,
    run_mwh=st.none() | ANY_MWH,
    run_eur=ANY_DECIMAL,
    trouble=st.none() | ANY_TEXT,
)
snapshots = st.builds(
    Snapshot,
    at_ms=ANY_MS,
    name=ANY_TEXT,
    appliances=st.lists(appliances, max_size=6, unique_by=lambda each: each.id).map(tuple),
    total_w=ANY_NUMBER,
    today_mwh=ANY_MWH,
    today_eur=ANY_DECIMAL,
    rate_eur_kwh=ANY_DECIMAL,
    troubles=st.just(()) | st.just(("x",)),
)
events = st.builds(LastEvent, ANY_MS, ANY_TEXT, ANY_TEXT, st.none() | ANY_MWH)
extras = st.builds(
    Extras,
    week_mwh=st.none() | ANY_MWH,
    week_eur=ANY_DECIMAL,
    standby_w=ANY_NUMBER,
    standby_eur_year=ANY_DECIMAL,
    last_event=st.none() | events,
)


@given(snapshots, extras, st.sampled_from(["de", "en"]), st.sampled_from([BERLIN, UTC]))
def test_every_page_is_two_rows_of_sixteen_cells_whatever_comes(now, more, language, zone):
    pages = all_pages(now, more, language, zone)
    assert set(LAYOUT) <= set(pages) <= set(range(8))
    for each in pages.values():
        assert [len(each.top), len(each.bottom)] == [16, 16]
        assert all(cell in tuple(Glyph) or " " <= cell <= "}" for cell in each.cells)
        assert "\\" not in each.cells
        sent = encode_cells(each.cells)
        assert len(sent) <= 128
        assert decode_cells(sent) == each.cells


@given(st.floats(0, 99_999), st.floats(0, 99_999))
def test_units_and_the_last_digit_keep_their_columns(one, other):
    rows = [all_pages(flat(total_w=w), EXTRAS, "de", BERLIN)[0] for w in (one, other)]
    for shown in rows:
        assert shown.top[14:] == " W"
        assert shown.top[13].isdigit()
        assert shown.bottom[6:9] == "kWh"
        assert shown.bottom[15] == Glyph.EURO


@pytest.mark.parametrize(
    ("value", "width", "digits", "text"),
    [
        (0.0, 6, 2, "  0.00"),
        (-0.001, 6, 2, "  0.00"),
        (999.994, 6, 2, "999.99"),
        (999.996, 6, 2, "1000.0"),
        (12_345.6, 6, 2, " 12346"),
        (1e6, 6, 2, ">99999"),
        (-1e6, 6, 2, "<-9999"),
        (-99_999.0, 6, 2, "-99999"),
        (Decimal("NaN"), 4, 0, "  --"),
        (Decimal("1e999999"), 4, 0, ">999"),
        (float("inf"), 4, 0, "  --"),
        (None, 4, 0, "  --"),
        (10**400, 5, 0, ">9999"),
    ],
)
def test_a_figure_never_leaves_its_cells(value, width, digits, text):
    assert figure(value, width, digits, "en") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Spülmaschine", "Spuelmaschine"),
        ("ÄÖÜ äöü ß", "AeOeUe aeoeue ss"),
        ("Cafe\u0301 Señor", "Cafe Senor"),
        ("a\u202eb\x00c\nd", "abc d"),
        ("洗衣机", "???"),
        ("a\\b~c", "a/b-c"),
        ("5 € – „ok“", '5 EUR - "ok"'),
        ("＝１２", "=12"),  # noqa: RUF001
    ],
)
def test_names_are_spelled_in_ascii(text, shown):
    assert plain(text) == shown


def test_an_umlaut_of_two_characters_is_spelled_like_one():
    assert plain("Ku\u0308che") == "Kueche"
    assert row("Ku\u0308che").rstrip() == "Kueche"


def test_a_long_name_leaves_the_figures_alone():
    assert sides("A" * 5000, "2034 W") == "AAAAAAAAA 2034 W"


@pytest.mark.parametrize(
    ("part", "cells"),
    [(0, ""), (0.02, Glyph.BAR_1), (0.1, Glyph.BAR_5 * 1), (0.5, Glyph.BAR_5 * 5),
     (1, Glyph.BAR_5 * 10), (7, Glyph.BAR_5 * 10), (-1, ""), (float("nan"), "")],
)  # fmt: skip
def test_a_bar_is_as_long_as_its_part(part, cells):
    assert bar(part, 10) == cells.ljust(10)


def test_a_longer_bar_never_lights_fewer_columns():
    lit = [sum(r.bit_count() for c in bar(n / 99, 8) if c != " "
               for r in BITMAPS[ord(c) - 0xE000]) for n in range(100)]  # fmt: skip
    assert lit == sorted(lit)
    assert (lit[0], lit[-1]) == (0, 8 * 40)


def test_there_are_eight_glyphs_of_eight_rows_of_five_bits():
    assert len(BITMAPS) == len(Glyph) == 8
    assert all(len(rows) == 8 and all(0 <= bits < 32 for bits in rows) for rows in BITMAPS)
    assert len(set(BITMAPS)) == 8


def test_a_plug_that_is_not_heard_puts_a_mark_on_the_first_page():
    silent = msgspec.structs.replace(PRINTER, trouble="printer: no answer")
    now = all_pages(flat(appliances=[WASHER, silent]), EXTRAS, "en", BERLIN)[0]
    assert now.top[0] == "!"
    assert all_pages(flat(), EXTRAS, "en", BERLIN)[0].top[0] == Glyph.BOLT


def test_a_name_cannot_draw_our_glyphs():
    sly = msgspec.structs.replace(WASHER, name="\ue001\ue002Sly")
    assert all_pages(flat(appliances=[sly]), EXTRAS, "en", BERLIN)[1].top[1:4] == "Sly"


def active(*ids):
    return flat(appliances=[msgspec.structs.replace(WASHER, id=each) for each in ids])


def test_an_appliance_keeps_its_page_while_others_come_and_go():
    seats = seated(NO_SEATS, active("washer"))
    assert seats == ("washer", None, None)
    seats = seated(seats, active("dryer", "washer"))
    assert seats == ("washer", "dryer", None)
    seats = seated(seats, active("dryer"))
    assert seats == (None, "dryer", None)
    seats = seated(seats, active("a", "b", "c", "dryer"))
    assert seats == ("a", "dryer", "b")
    assert list(all_pages(active("a", "b", "c", "dryer"), EXTRAS, "en", BERLIN, seats)) == [
        0, *SEATS, 4, 5, 6, 7,
    ]  # fmt: skip


def test_a_new_page_takes_five_lines(monkeypatch):
    def hello_page(now, extras, language, zone):
        return page("Hello " + now.name, sides("rate", figure(now.rate_eur_kwh, 6, 2, language)))

    monkeypatch.setitem(LAYOUT, 6, hello_page)
    shown = all_pages(flat(), EXTRAS, "en", BERLIN)[6]
    assert shown == Page("Hello WG        ", "rate        0.32")
