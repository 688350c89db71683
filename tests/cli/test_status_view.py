"""What `status` says needs a person, and how its page reads."""

from datetime import date
from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console
from tests.sinks.flats import AT_MS, BERLIN

from flatwatt.cli.status_view import needs, status_view
from flatwatt.report.room import MB, Room, forecast
from flatwatt.status import Heard, Status

WASHER = Heard("washer", "Waschmaschine", AT_MS - 4000, 4, 0, 0.4)
GOOD = Status(
    at_ms=AT_MS,
    recording=True,
    process=4711,
    appliances=(WASHER,),
    first_day=date(2026, 10, 1),
    last_day=date(2026, 11, 18),
    days=49,
    record_bytes=392 * MB,
    rows_a_day=86_400,
    bytes_a_reading=91.6,
    derived_bytes=4 * MB,
    state_bytes=143_000,
    kept_bytes=0,
    kept_days=0,
    disk=forecast(8_000 * MB, [8 * MB] * 7),
    full_on=date(2029, 8, 14),
    room=Room.ENOUGH,
    keep_days=None,
    prunable_days=0,
    looked_days=7,
    read_days=2,
    damaged=0,
    first_damaged=None,
    checkpoint_age_s=12,
    versions={"flatwatt": "0.1.0"},
    troubles=(),
)


def page(found: Status, language: str = "en") -> str:
    console = Console(width=120, record=True, file=StringIO())
    asked = needs(found, BERLIN, language)
    console.print(status_view(found, asked, "WG", BERLIN, language))
    return console.export_text()


def test_a_home_that_is_well_needs_nobody():
    assert needs(GOOD, BERLIN, "en") == []
    text = page(GOOD)
    for said in (
        "WG · 2026-11-18 12:06",
        "going on (process 4711)",
        "Waschmaschine  4 s ago",
        "392 MB, 49 days, 2026-10-01 to 2026-11-18",
        "86400 readings a day, 91.6 bytes a reading",
        "8.0 GB free, lasts 1000 days at this rate, until 2029-08-14 (1000 days if all were",
        "ever",
        "0 in the 2 days read",
        "Waschmaschine 0.4 %",
        "12 s ago",
        "All is well.",
    ):
        assert said in text


def test_the_page_reads_german_where_the_flat_does():
    text = page(replace(GOOD, keep_days=30, prunable_days=19), "de")
    for said in (
        "WG · 18.11.2026 12:06",
        "läuft (Prozess 4711)",
        "Waschmaschine  vor 4 s",
        "49 Tage, 01.10.2026 bis 18.11.2026",
        "91,6 Bytes je Messung",
        "8,0 GB frei, reicht so 1000 Tage, bis 14.08.2029",
        "30 Tage; 19 Tage sind älter: flatwatt record prune",
        "Alles in Ordnung.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("changed", "english", "german"),
    [
        ({"recording": False, "process": None}, "nobody is recording", "läuft nicht"),
        ({"appliances": (replace(WASHER, age_s=3600),)},
         "Waschmaschine: nothing heard for 1 h 00 min", "seit 1 h 00 min nichts gehört"),
        ({"appliances": (replace(WASHER, age_s=None, last_ms=None),)},
         "Waschmaschine: never yet", "Waschmaschine: noch nie"),
        ({"appliances": (replace(WASHER, drift_percent=-12.4),)},
         "differs from the power by -12 %", "weicht um -12 % von der Leistung ab"),
        ({"disk": forecast(80 * MB, [8 * MB]), "room": Room.LOW},
         "disk nearly full: 80.0 MB free, at this rate until 2026-11-28",
         "Platte bald voll: 80,0 MB frei, so reicht es bis 28.11.2026"),
        ({"damaged": 3, "first_damaged": "2026/2026-11-18.csv, line 7: the check sum"},
         "3 damaged rows in the record, first 2026/2026-11-18.csv, line 7", "3 schadhafte Zeilen"),
        ({"troubles": ("state.sqlite: the file is damaged",)},
         "state.sqlite: the file is damaged", "state.sqlite: the file is damaged"),
    ],
)  # fmt: skip
def test_what_needs_a_person_is_said_with_its_reason(changed, english, german):
    found = replace(GOOD, **changed)
    (asked,) = needs(found, BERLIN, "en")
    assert english in asked
    assert f"! {asked}" in " ".join(page(found).split())
    assert "All is well" not in page(found)
    (asked,) = needs(found, BERLIN, "de")
    assert german in asked


def test_while_nobody_records_silence_is_not_said_of_every_appliance():
    stopped = replace(GOOD, recording=False, appliances=(replace(WASHER, age_s=99_999),))
    assert len(needs(stopped, BERLIN, "en")) == 1


def test_little_history_is_admitted():
    assert "estimated from only 3 whole days" in page(
        replace(GOOD, disk=forecast(8_000 * MB, [8 * MB] * 3))
    )
    assert "shows after the first whole day" in page(
        replace(GOOD, disk=forecast(8_000 * MB, []), full_on=None)
    )


def test_a_hostile_name_stays_text():
    name = "[bold red]W[/] [link=file:///]x[/link]"
    found = replace(GOOD, appliances=(replace(WASHER, name=name, drift_percent=50.0),))
    assert page(found).count(name) == 3
