"""What is imported is booked right, once, and never told as news."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.homes import (
    BERLIN,
    NOON_MS,
    NOW_MS,
    bring_in,
    cleaned,
    config_of,
    energies,
    new_home,
    open_flat,
    planned,
    record,
    text_of,
)

from flatwatt.errors import HomeBusyError
from flatwatt.intake.plan import plug_of
from flatwatt.intake.take import Target, take
from flatwatt.model import QUARTER_MS, Counter, CounterKind, Flag, Reading
from flatwatt.opening import counters
from flatwatt.report.periods import Period, local_day
from flatwatt.store.events import EventLog, cloud_event, event_of
from flatwatt.store.readings import read
from flatwatt.tables import quarters, readings
from flatwatt.tables.writing import Format, write

HOUR_MS = 4 * QUARTER_MS
MADE = {"made": Counter(CounterKind.SINCE_BOOT, resolution_wh=1.0, max_power_w=25_000.0)}


def hourly(folder, *figures, first_ms=NOON_MS, name="hours.csv"):
    """Write energy an hour, Wh; None leaves a hole."""
    file = folder / name
    rows = [f"{(first_ms + n * HOUR_MS) // 1000},{(first_ms + (n + 1) * HOUR_MS) // 1000},{wh}\n"
            for n, wh in enumerate(figures) if wh is not None]  # fmt: skip
    file.write_text("start,end,part_wh\n" + "".join(rows))
    return file


def booked(home, appliance="fridge"):
    return {
        (start_ms - NOON_MS) // QUARTER_MS: mwh
        for (id_, start_ms), mwh in energies(home).items()
        if id_ == appliance
    }


def quarters_of(home):
    flat = open_flat(home, watch=True)
    found = flat.quarters(0, 2 * NOW_MS)
    flat.close()
    return found


def test_hours_are_spread_over_their_quarters_and_flagged_and_no_power_is_made(tmp_path):
    home = new_home(tmp_path / "home")
    bring_in(home, "csv", hourly(tmp_path, 400, 800))
    assert sum(booked(home).values()) == 1_200_000
    for slot, mwh in booked(home).items():
        assert abs(mwh - (100_000 if slot < 4 else 200_000)) <= 1
    found = [each for each in quarters_of(home) if each.energy_mwh]
    assert all(each.flags & Flag.GAP for each in found)
    assert all(each.power_max_mw is None for each in found)


def test_a_hole_between_stretches_is_missing_and_not_zero(tmp_path):
    home = new_home(tmp_path / "home")
    bring_in(home, "csv", hourly(tmp_path, 400, None, None, 800))
    missing = {
        (each.start_ms - NOON_MS) // QUARTER_MS: each.missing_ms for each in quarters_of(home)
    }
    assert [missing[slot] for slot in (3, 4, 11, 12)] == [0, QUARTER_MS, QUARTER_MS, 1]
    assert sum(booked(home).values()) == 1_200_000


def test_importing_again_changes_nothing(tmp_path):
    home = new_home(tmp_path / "home")
    file = hourly(tmp_path, 400, 800)
    assert len(bring_in(home, "csv", file).rows) == 3
    before = text_of(home)
    again = bring_in(home, "csv", file)
    assert (again.rows, again.there) == ([], 2)
    assert text_of(home) == before


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(3)))
def test_the_order_of_imports_does_not_matter(tmp_path_factory, order):
    tmp_path = tmp_path_factory.mktemp("order")
    home = new_home(tmp_path / "home")
    figures = [(400, 800), (800, 1200), (90, None, 50)]
    for index in order:
        first_ms = NOON_MS + (0, HOUR_MS, 2 * HOUR_MS + HOUR_MS)[index]
        bring_in(home, "csv", hourly(tmp_path, *figures[index], first_ms=first_ms))
    assert sum(booked(home).values()) == 1_000 * (400 + 800 + 1200 + 90 + 50)
    assert sum(mwh for slot, mwh in booked(home).items() if 8 <= slot < 12) == 1_200_000


def test_what_was_measured_here_is_not_booked_twice(tmp_path):
    home = new_home(tmp_path / "home")
    hours = [Reading(NOON_MS + n * 60_000, "fridge", "tasmota-a", 100.0) for n in range(61)]
    record(home, hours)
    plan = bring_in(home, "csv", hourly(tmp_path, 50, 100, 70, first_ms=NOON_MS - HOUR_MS))
    assert plan.covered == 1
    assert sum(booked(home).values()) == 50_000 + 100_000 + 70_000
    assert booked(home)[0] == 25_000


def test_a_gap_that_the_counter_has_counted_is_not_filled(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS, "fridge", "tasmota-a", 100.0, 1000.0),
        Reading(NOON_MS + 5 * HOUR_MS, "fridge", "tasmota-a", 100.0, 1500.0),
    ])  # fmt: skip
    plan = planned(home, "csv", hourly(tmp_path, 100, 100, first_ms=NOON_MS + HOUR_MS))
    assert (plan.rows, plan.covered) == ([], 2)


def test_a_gap_of_a_plug_without_counter_is_filled(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS, "fridge", "tasmota-a", 100.0),
        Reading(NOON_MS + 5 * HOUR_MS, "fridge", "tasmota-a", 100.0),
    ])  # fmt: skip
    bring_in(home, "csv", hourly(tmp_path, 100, 100, first_ms=NOON_MS + HOUR_MS))
    assert sum(booked(home).values()) == 200_000


def test_a_foreign_counter_does_not_count_across_what_was_measured_here(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS + n * 60_000, "fridge", "tasmota-a", 60.0) for n in range(90, 121)
    ])  # fmt: skip
    file = tmp_path / "counter.csv"
    file.write_text("time,energy_wh\n" + "".join(
        f"{(NOON_MS + n * HOUR_MS) // 1000},{1000 + 60 * n}\n" for n in range(5)))  # fmt: skip
    plan = bring_in(home, "csv", file)
    assert len({each.plug for each in plan.rows}) == 2
    assert sum(booked(home).values()) == 60_000 + 30_000 + 60_000  # hour 1, half of 2, hour 4


def test_another_appliance_is_left_alone(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS + n * 60_000, "washer", "tasmota-b", 100.0) for n in range(61)
    ])  # fmt: skip
    before = booked(home, "washer")
    bring_in(home, "csv", hourly(tmp_path, 400))
    assert booked(home, "washer") == before
    assert sum(booked(home).values()) == 400_000


def wash(folder):
    """Two hours of a washing machine by Home Assistant, long past."""
    file = folder / "wash.csv"
    rows = []
    for minute in range(0, 200, 1):
        watt = 2000 if 10 <= minute < 40 else 200 + minute % 3 if 40 <= minute < 100 else 1
        stamp = f"2026-10-01T{10 + minute // 60:02}:{minute % 60:02}:00Z"
        rows.append(f"sensor.washer_power,{watt},{stamp}\n")
    file.write_text("entity_id,state,last_changed\n" + "".join(rows))
    return file


def told(home):
    log = EventLog(home.events, read_only=True)
    kinds = [event_of(cloud).kind for _seq, cloud in log.after(0)]
    log.close()
    return kinds


def test_runs_of_the_past_are_found_and_not_told(tmp_path):
    home = new_home(tmp_path / "home")
    bring_in(home, "homeassistant", wash(tmp_path), appliance="washer")
    flat = open_flat(home, watch=True)
    assert len(flat.runs(0, 2 * NOW_MS)) == 1
    flat.close()
    assert told(home) == ["record_imported"]
    home.quarters.unlink()  # and not later either, when all of it is derived again
    open_flat(home).close()
    assert told(home) == ["record_imported"]


def test_the_event_is_as_its_schema_says(tmp_path):
    import jsonschema

    from flatwatt.store.events import event_schema

    home = new_home(tmp_path / "home")
    bring_in(home, "csv", hourly(tmp_path, 400))
    log = EventLog(home.events, read_only=True)
    (event,) = [event_of(cloud) for _seq, cloud in log.after(0)]
    log.close()
    jsonschema.Draft202012Validator(event_schema()).validate(cloud_event(event, "WG"))
    assert event.data["energy_wh"] == 400.0


def test_a_run_that_ended_before_the_import_is_told_before_it(tmp_path):
    home = new_home(tmp_path / "home")
    rows = [Reading(NOON_MS + n * 10_000, "washer", "tasmota-b",
                    2000.0 if 60 <= n < 400 else 1.0) for n in range(2000)]  # fmt: skip
    flat = open_flat(home)
    flat._book.append(rows)  # written down, and the collector died before it walked through them
    flat._book.close()
    bring_in(home, "csv", hourly(tmp_path, 400, first_ms=NOON_MS - 100 * HOUR_MS))
    assert {"device_started", "device_finished"} <= set(told(home))


def test_a_home_in_use_is_not_written(tmp_path):
    home = new_home(tmp_path / "home")
    file = hourly(tmp_path, 400)
    with home.lock(), pytest.raises(HomeBusyError, match="stop it first"):
        bring_in(home, "csv", file)
    assert text_of(home) == {}


def test_days_that_were_compressed_stay_compressed_and_whole(tmp_path):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS - 9 * HOUR_MS + n * 60_000, "fridge", "tasmota-a", 5.0) for n in range(30)
    ])  # fmt: skip
    (day,) = home.readings.rglob("*.csv")
    old = day.read_bytes()
    day.with_name(day.name + ".gz").write_bytes(gzip.compress(old))
    day.unlink()
    bring_in(home, "csv", hourly(tmp_path, 400))
    assert list(text_of(home)) == [f"{day.name}.gz"]
    lines = gzip.decompress(next(iter(text_of(home).values()))).splitlines()
    assert lines[: len(old.splitlines())] == old.splitlines()
    assert len(lines) == len(old.splitlines()) + 2


energy = st.integers(0, 6_000_000)


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.integers(0, 300), energy, min_size=1, max_size=40))
def test_quarters_that_are_exported_and_imported_are_equal(tmp_path_factory, figures):
    folder = tmp_path_factory.mktemp("round")
    one, other = new_home(folder / "one"), new_home(folder / "other")
    file = folder / "quarters.csv"
    file.write_text("start,end,part_wh\n" + "".join(
        f"{(NOON_MS + n * QUARTER_MS) // 1000},{(NOON_MS + (n + 1) * QUARTER_MS) // 1000},"
        f"{mwh / 1000}\n" for n, mwh in figures.items()))  # fmt: skip
    bring_in(one, "csv", file)
    assert booked(one) == {n: mwh for n, mwh in figures.items() if mwh}
    flat = open_flat(one, watch=True)
    period = Period(local_day(NOON_MS, BERLIN), local_day(NOW_MS, BERLIN))
    write(quarters.quarters(one, flat, period), Format.GERMAN, BERLIN, folder / "out.csv")
    flat.close()
    bring_in(other, "csv", folder / "out.csv")
    assert booked(other) == booked(one)


steps = st.lists(
    st.tuples(st.integers(1, 1_200), st.floats(0, 3000), st.integers(0, 3)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=20, deadline=None)
@given(steps)
def test_readings_that_are_exported_and_imported_book_equal_energy(tmp_path_factory, told_):
    folder = tmp_path_factory.mktemp("round")
    one, other = new_home(folder / "one"), new_home(folder / "other")
    at_ms, counter_wh, rows = NOON_MS, 5000.0, []
    for seconds, watt, missing in told_:
        at_ms += seconds * 1000
        counter_wh += round(watt * seconds / 3600, 3)
        rows.append(Reading(at_ms, "fridge", "made-x", None if missing == 1 else round(watt, 3),
                            None if missing == 2 else round(counter_wh, 3)))  # fmt: skip
    record(one, rows, more=MADE)
    period = Period(local_day(NOON_MS, BERLIN), local_day(at_ms, BERLIN))
    write(readings.raw(one, period), Format.CSV, BERLIN, folder / "out.csv")
    bring_in(other, "csv", folder / "out.csv")
    assert energies(other) == energies(one, more=MADE)
    back = [(each.at_ms, each.power_w, each.energy_wh)
            for found, _position in read(other.readings) for each in found]  # fmt: skip
    assert back == [(each.at_ms, each.power_w, each.energy_wh) for each in rows]


class Cut(Exception):
    """The power goes."""


def test_an_import_that_was_cut_off_tells_nothing_and_goes_on(tmp_path):
    home, other = new_home(tmp_path / "home"), new_home(tmp_path / "other")
    file = wash(tmp_path)
    days = [file.read_text().replace("2026-10-01", f"2026-10-{day:02}") for day in (1, 2, 3)]
    head, rows = "entity_id,state,last_changed\n", [day.split("\n", 1)[1] for day in days]
    file.write_text(head + "".join(rows))
    sound = cleaned("homeassistant", file)
    target = Target("washer", plug_of("homeassistant", "washer", ()))

    def cut(what, _rows):
        if what == "rows" and len(text_of(home)) == 2:
            raise Cut

    with pytest.raises(Cut):
        take(home, config_of(home), counters(), sound, target, NOW_MS, cut)
    assert len(text_of(home)) == 2
    open_flat(home).close()  # the collector starts meanwhile
    assert told(home) == ["record_imported"]
    bring_in(home, "homeassistant", file, appliance="washer")
    bring_in(other, "homeassistant", file, appliance="washer")
    assert text_of(home) == text_of(other)
    assert energies(home) == energies(other)
    assert set(told(home)) == {"record_imported"}
