"""What the terminal shows of comparisons: sums add up, names stay text, any curve fits."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.report.made import BERLIN, MINUTE_MS, NO_PRICES, PRICES, START_MS, WASH, made

from flatwatt.cli.chart import bounds, level_of, nice, overlay
from flatwatt.cli.compare_view import add_up, show
from flatwatt.cli.screen import Screen
from flatwatt.cli.since import period_of, since_day
from flatwatt.cli.stats_view import detail, overview
from flatwatt.errors import UsageError
from flatwatt.report.compare import compare
from flatwatt.report.statistics import statistics_of

DAY_MS = 86_400_000
NOW_MS = START_MS + 30 * DAY_MS
NAMES = {"washer": "[red]Wäsche[/red]", "printer": "[link=x]"}


def screen(*, drawn: bool = True, coloured: bool = False, width: int = 100) -> Screen:
    system = "standard" if coloured else None
    console = Console(width=width, color_system=system, force_terminal=coloured, record=True)
    return Screen(console, drawn, coloured, plain=False)


def text_of(parts, on: Screen) -> str:
    with on.console.capture() as capture:
        for part in parts:
            on.console.print(part)
    return capture.get()


def shown(runs, prices=PRICES, language="en", **more) -> str:
    on = screen(**more)
    return text_of(show(compare(runs, prices, NOW_MS), NAMES, BERLIN, language, on), on)


@given(st.lists(st.decimals(-50, 10_000, places=4), max_size=12))
def test_rounded_parts_add_up_to_the_rounded_whole(exact):
    parts = add_up(exact)
    assert abs(sum(parts) - sum(exact)) <= Decimal("0.5")
    assert all(abs(part - value) < 1 for part, value in zip(parts, exact, strict=True))


def test_hostile_names_are_shown_as_they_are():
    other = made(*WASH, start_ms=START_MS + DAY_MS, appliance="printer")
    said = shown([made(*WASH), other])
    assert "[red]Wäsche[/red]" in said
    assert "[link=x]" in said


def test_what_is_not_known_is_said():
    runs = [
        made(*WASH),
        made(*WASH, start_ms=START_MS + DAY_MS, staged=False, missing_ms=7 * MINUTE_MS),
        made(*WASH, start_ms=START_MS + 2 * DAY_MS, going_on=True),
    ]
    said = shown(runs, NO_PRICES)
    assert "B: 7 min not measured" in said
    assert "B: stages are not known." in said
    assert "C: still running" in said
    assert "A: no tariff for this time, hence no EUR" in said
    assert "0.000" not in said


def test_stages_without_a_word_keep_their_name_and_known_words_are_translated():
    runs = [made(*WASH[:1]), made(("soaking", 5, 30), start_ms=START_MS + DAY_MS)]
    assert "soaking" in shown(runs)
    assert "Abschnitt" in shown(runs, language="de")


def test_with_mixed_kinds_of_runs_no_likeness_is_claimed():
    other = made(*WASH, start_ms=START_MS + DAY_MS, appliance="printer")
    said = shown([made(*WASH), other])
    assert "like A" not in said
    assert "Different appliances" in said


@given(
    st.lists(st.lists(st.floats(0, 4000), max_size=300), min_size=1, max_size=5),
    st.booleans(),
    st.integers(30, 160),
)
def test_any_curves_fit_any_terminal(curves, coloured, width):
    lines = overlay(curves, 30_000, screen(coloured=coloured, width=width))
    assert len(lines) == 11
    assert max(len(line.plain) for line in lines) <= max(width, 36)


def test_curves_are_letters_where_colours_do_not_show_and_dots_where_they_do():
    curves = [[100.0] * 60, [2000.0] * 60]
    letters = "".join(line.plain for line in overlay(curves, 30_000, screen()))
    dots = "".join(line.plain for line in overlay(curves, 30_000, screen(coloured=True)))
    assert "AAAA" in letters
    assert "BBBB" in letters
    assert any("⠀" <= letter <= "⣿" for letter in dots)


@given(st.floats(1e-3, 1e5))
def test_the_top_of_a_chart_is_round_and_near(value):
    assert value * 0.999 <= nice(value) <= value * 2.01


@given(st.just(0.0) | st.floats(1e-4, 1e5), st.integers(2, 10))
def test_shades_begin_in_order_and_the_highest_value_has_the_highest(top, levels):
    starts = bounds(top, levels)
    assert starts == sorted(starts)
    assert level_of(top, starts) == (levels - 1 if top else 0)
    assert level_of(0.0, starts) == 0


def test_few_runs_are_called_few():
    runs = [made(*WASH, start_ms=START_MS + n * DAY_MS) for n in range(2)]
    found = [statistics_of("washer", runs, [], PRICES, (0, NOW_MS))]
    on = screen()
    said = text_of(detail(found, NAMES, "en", on), on)
    assert "Only 2 runs so far" in said
    assert "Middle half" not in said
    assert "heating" in said
    assert "[red]Wäsche[/red]: Only 2 runs" in text_of(overview(found, NAMES, "en", on), on)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12w", date(2026, 9, 2)),
        ("3d", date(2026, 11, 22)),
        ("2026-11-01", date(2026, 11, 1)),
        ("yesterday", date(2026, 11, 24)),
    ],
)
def test_since_is_a_day_or_so_long_ago(text, day):
    assert since_day(text, date(2026, 11, 25)) == day


def test_a_time_that_is_none_is_refused():
    with pytest.raises(UsageError, match="is no day"):
        since_day("soon", date(2026, 11, 25))
    with pytest.raises(UsageError, match="only one"):
        period_of("2026-11", "3w", date(2026, 11, 25))
