"""What leaves a flat: closed days, once, whole, and nothing that says whose they are."""

import errno
import os
import shutil
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fleet.made import House, files, ms, quarter, rows_of

from flatwatt.errors import FleetError
from flatwatt.fleet.edge import flat_id
from flatwatt.fleet.engines import chosen
from flatwatt.fleet.layout import FLAT_ID, digest_of
from flatwatt.fleet.months import caller, quarter_rows
from flatwatt.fleet.push import push
from flatwatt.fleet.shelf import Shelf, folder_of
from flatwatt.store.disk import Disk

NOVEMBER_4 = date(2026, 11, 4)


@pytest.fixture
def house():
    return House().measure(date(2026, 9, 29), date(2026, 11, 5))


def test_closed_days_are_sent_by_local_month(tmp_path, house):
    sent = house.push(Shelf(tmp_path), NOVEMBER_4)
    assert sent.months == ("2026-09", "2026-10", "2026-11")
    parts = Shelf(tmp_path).manifest(house.id).parts
    october = parts[1]
    assert october.slots == 31 * 96 + 4  # the night with two hours from 2 to 3
    assert october.whole
    assert not parts[2].whole
    assert parts[2].covered == 3 * 96
    assert [part.until_s * 1000 for part in parts][1:] == [ms(date(2026, 11, 1)), ms(NOVEMBER_4)]
    for part in parts:
        rows = rows_of(Shelf(tmp_path), part)
        assert digest_of(rows) == part.digest
        assert sum(row.energy_mwh for row in rows) == part.energy_mwh


def test_the_same_again_writes_nothing(tmp_path, house):
    house.push(Shelf(tmp_path), NOVEMBER_4)
    before = {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)}
    again = house.push(Shelf(tmp_path), NOVEMBER_4)
    assert (again.months, again.same, again.sent_bytes) == ((), 3, 0)
    assert {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)} == before


def test_a_corrected_quarter_hour_replaces_its_month_and_no_other(tmp_path, house):
    house.push(Shelf(tmp_path), NOVEMBER_4)
    before = files(tmp_path)
    house.put(quarter(ms(date(2026, 10, 10)), 999_999))
    assert house.push(Shelf(tmp_path), NOVEMBER_4).months == ("2026-10",)
    after = files(tmp_path)
    changed = {path for path in before if before[path] != after[path]}
    flat = f"flat={house.id}"
    assert changed == {f"{flat}/manifest.json", f"{flat}/month=2026-10/quarter.parquet"}
    assert after.keys() == before.keys()


def test_a_corrected_price_replaces_the_slots(tmp_path, house):
    house.push(Shelf(tmp_path), NOVEMBER_4)
    dearer = House(rate=Decimal("0.31"))
    dearer.quarters = house.quarters
    assert dearer.push(Shelf(tmp_path), NOVEMBER_4).months == ("2026-09", "2026-10", "2026-11")


def test_a_file_that_was_cut_short_is_sent_again(tmp_path, house):
    house.push(Shelf(tmp_path), NOVEMBER_4)
    whole = files(tmp_path)
    name = f"flat={house.id}/month=2026-09/quarter.parquet"
    (tmp_path / name).write_bytes(whole[name][:-1])
    assert house.push(Shelf(tmp_path), NOVEMBER_4).months == ("2026-09",)
    assert files(tmp_path) == whole


class CutOff(Disk):
    """A disk that is gone after so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        taken = super().write(descriptor, data[: self.room])
        self.room -= taken
        if not taken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return taken


CLOSED = date(2026, 11, 2)
WHOLE = 16_000
"""More bytes than a push of two months takes."""


@pytest.fixture(scope="module")
def corrected(tmp_path_factory):
    """A folder with what was sent once, the months sent then and now, and the clean end."""
    house = House(3).measure(date(2026, 10, 31), CLOSED, ("washer",))
    first = tmp_path_factory.mktemp("first")
    *_, _ = push(Shelf(first), house.id, "Europe/Berlin", before := house.months(CLOSED))
    house.put(quarter(ms(date(2026, 10, 31)), 1))
    house.put(quarter(ms(date(2026, 11, 1)), 2))
    clean = tmp_path_factory.mktemp("clean")
    *_, sent = push(Shelf(clean), house.id, "Europe/Berlin", now := house.months(CLOSED))
    assert sent.sent_bytes < WHOLE
    return first, before, now, files(clean)


@settings(max_examples=25, deadline=None)
@given(rooms=st.lists(st.integers(0, WHOLE), min_size=1, max_size=2))
def test_cut_off_at_any_byte_readers_see_whole_months_and_the_next_push_goes_on(
    tmp_path_factory, corrected, rooms
):
    first, before, now, clean = corrected
    folder = tmp_path_factory.mktemp("cut") / "fleet"
    shutil.copytree(first, folder)
    flat = next(iter(Shelf(folder).flats()))
    for room in rooms:
        with suppress(FleetError):
            list(push(Shelf(folder, CutOff(room)), flat, "Europe/Berlin", now))
        for part in chosen(Shelf(folder), ["2026-10", "2026-11"]).parts:
            told = [digest_of(month.rows) for month in (*before, *now)]
            assert digest_of(rows_of(Shelf(folder), part)) in told
    list(push(Shelf(folder), flat, "Europe/Berlin", now))
    left = {name: data for name, data in files(folder).items() if not name.endswith(".part")}
    assert left == clean


def test_neither_plugs_nor_names_leave_the_flat(tmp_path, house):
    house.put(quarter(ms(date(2026, 10, 10)), 5, "annas-room", plug="shelly-54320400aa02-0"))
    house.push(Shelf(tmp_path), NOVEMBER_4, caller("flat", str))
    written = b"".join(files(tmp_path).values())
    for secret in (b"annas", b"washer", b"fridge", b"shelly", b"54320400aa02"):
        assert secret not in written
    part = Shelf(tmp_path).manifest(house.id).parts[1]
    assert {row.appliance for row in rows_of(Shelf(tmp_path), part)} == {"flat"}


def test_what_is_said_of_appliances_is_chosen():
    at_ms = ms(date(2026, 10, 10))
    two = [quarter(at_ms, 7, "washer-a", missing_ms=60_000), quarter(at_ms, 8, "washer-b")]
    kinds = quarter_rows(two, caller("kinds", lambda _id: "washing_machine"))
    assert [(row.appliance, row.energy_mwh, row.missing_ms) for row in kinds] == [
        ("washing_machine", 15, 60_000)
    ]
    assert kinds[0].power_max_mw is None  # when each had its peak is not known
    ids = quarter_rows(two, caller("ids", str))
    assert [(row.appliance, row.power_max_mw) for row in ids] == [
        ("washer-a", 28),
        ("washer-b", 32),
    ]


def test_two_plugs_of_one_appliance_in_one_quarter_hour_are_one_row():
    at_ms = ms(date(2026, 10, 10))
    rows = quarter_rows([quarter(at_ms, 7, plug="old"), quarter(at_ms, 9, plug="new")], str)
    assert [(row.energy_mwh, row.power_max_mw, row.readings) for row in rows] == [(16, 36, 180)]


def test_a_flats_name_is_made_once_and_says_nothing(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    made = flat_id(tmp_path)
    assert FLAT_ID.fullmatch(made)
    assert flat_id(tmp_path) == made
    assert flat_id(other) != made
    assert flat_id(tmp_path, "haus7-links") == "haus7-links"
    for wrong in ("../x", "a/b", "A", "x" * 40):
        with pytest.raises(FleetError, match="cannot be a flat's name"):
            flat_id(tmp_path, wrong)


def test_folders_are_meant_by_path_or_file_address_and_nothing_else():
    assert folder_of("/mnt/fleet") == folder_of("file:///mnt/fleet") == Path("/mnt/fleet")
    for address in ("s3://bucket/fleet", "https://example.org/fleet", "file://server/share"):
        with pytest.raises(FleetError, match="mount"):
            folder_of(address)


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path, house):
    house.push(Shelf(tmp_path), NOVEMBER_4)
    house.put(quarter(ms(date(2026, 10, 10)), 999_999))
    with pytest.raises(FleetError, match="The next push goes on from here"):
        house.push(Shelf(tmp_path, CutOff(100)), NOVEMBER_4)
    assert not chosen(Shelf(tmp_path), ["2026-10"]).broken
