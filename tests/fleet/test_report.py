"""A fleet's columns add up, whatever the engine's rows are."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from flatwatt.cli.fleet_view import fleet_json, fleet_rows, fleet_table, notes_of
from flatwatt.fleet.engines import Choice
from flatwatt.fleet.layout import Part
from flatwatt.fleet.report import fleet_report, question, report_of, year_period
from flatwatt.store import questions

NOBODY = Choice((), ())
MOST = 9 * 10**17


def row(flat: str, *keys: object, energy_mwh: int, peur: int, unpriced_mwh: int = 0) -> tuple:
    sums = dict.fromkeys(questions.SUMS, 0) | {
        "energy_mwh": energy_mwh, "cost_peur": peur, "unpriced_mwh": unpriced_mwh,
    }  # fmt: skip
    return (flat, *keys, *(sums[name] for name in questions.SUMS))


def part(flat: str, energy_mwh: int, covered: int = 2976, month: str = "2026-10") -> Part:
    return Part(flat, month, "", 1, 1, 1, covered, energy_mwh, 0, 2976, covered, 0)


days = st.lists(
    st.tuples(
        st.sampled_from(["flat-a", "flat-b", "flat-c"]),
        st.integers(20_000, 20_030),
        st.integers(0, 10**10),
        st.integers(-(10**13), MOST),  # an hour may cost less than nothing
    ),
    max_size=40,
    unique_by=lambda each: each[:2],
)


@given(days)
def test_lines_add_up_to_the_cent_and_the_total_is_what_the_flats_pay(drawn):
    rows = [row(flat, day, energy_mwh=mwh, peur=peur) for flat, day, mwh, peur in drawn]
    by_day = report_of(rows, NOBODY, "day")
    by_flat = report_of(
        [
            row(
                flat,
                energy_mwh=sum(each[2] for each in drawn if each[0] == flat),
                peur=sum(each[3] for each in drawn if each[0] == flat),
            )
            for flat in {each[0] for each in drawn}
        ],
        NOBODY,
        "flat",
    )
    assert by_day.total == by_flat.total
    for report in (by_day, by_flat):
        assert sum(line.cost_cents for line in report.lines) == report.total.cost_cents
        assert sum(line.energy_mwh for line in report.lines) == report.total.energy_mwh


def test_sums_beyond_64_bits_stay_exact():
    rows = [row(f"flat-{n:03d}", energy_mwh=1, peur=MOST) for n in range(100)]
    assert report_of(rows, NOBODY, "flat").total.cost_cents == 100 * MOST // 10**10


def test_every_engine_gets_the_same_text():
    class Noting:
        def choose(self, months):
            assert list(months) == [f"2026-{month:02d}" for month in range(1, 13)]
            return NOBODY

        def ask(self, text):
            assert text == question(year_period(2026), "tariff")
            return []

        def close(self):
            pass

    assert fleet_report(Noting(), year_period(2026), "tariff").lines == ()


def seen(language: str = "en") -> tuple:
    rows = [
        row("flat-a", "[red]x[/red]", energy_mwh=1_000_000, peur=5 * 10**11),
        row("flat-b", "=cmd", energy_mwh=2_000_000, peur=0, unpriced_mwh=2_000_000),
    ]
    parts = (part("flat-a", 1_000_000, covered=744), part("flat-b", 1_999_999))
    choice = Choice(parts, tuple(f"gone-{n:02d}" for n in range(25)), (part("torn", 1),))
    report = report_of(rows, choice, "appliance")
    console = Console(width=100)
    with console.capture() as capture:
        console.print(fleet_table(report, "2026-10", language))
    return report, capture.get()


def test_who_is_missing_incomplete_or_wrong_is_said_below_the_table():
    report, text = seen()
    assert "[red]x[/red]" in text  # an id is text
    assert "Nothing from 25: gone-00" in text
    assert "and 5 more" in text
    assert "Incomplete, 1: flat-a 2026-10 (25 %)" in text
    assert "Left out, being sent just now or damaged, 1: torn 2026-10" in text
    assert "Differs from what the flat says, 1: flat-b" in text
    assert len(list(notes_of(report, "en"))) == 4


def test_the_table_speaks_german_too():
    _, text = seen("de")
    assert "2 Wohnungen" in text
    assert "Unvollständig" in text
    assert "0,50" in text


def test_json_and_csv_hold_the_same_figures():
    report, _ = seen()
    told = json.loads(json.dumps(fleet_json(report)))
    columns, rows = fleet_rows(report)
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    last = list(csv.DictReader(io.StringIO(text.getvalue())))[-1]
    assert last["appliance"] == "total"
    assert float(last["cost_eur"]) == told["total"]["cost_eur"] == 0.5
    assert float(last["unpriced_kwh"]) == told["total"]["unpriced_kwh"] == 2
    assert len(told["absent"]) == 25
