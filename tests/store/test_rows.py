import re
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flatwatt.errors import StoreError
from flatwatt.model import Flag, Reading
from flatwatt.store.rows import COLUMNS, HEADER, LAST_MS, Decoder, Encoder, RowError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC",
         "Africa/Monrovia", "Pacific/Apia")  # fmt: skip
OCTOBER_MS = 1_792_890_000_000  # 2026-10-25T03:00 becomes 02:00 in Berlin
ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True)
numbers = (
    st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
)
moments = (
    st.integers(0, LAST_MS - 1)
    | st.integers(1_700_000_000_000, 1_900_000_000_000)
    | st.integers(OCTOBER_MS - 3_700_000, OCTOBER_MS + 3_700_000)
)
readings = st.builds(
    Reading, moments, ids, ids, numbers, numbers, numbers, st.integers(0, sum(Flag))
)


def decoded(day: str, data: bytes) -> list[Reading]:
    decoder = Decoder(day)
    found = [decoder.row(line) for line in data.splitlines()]
    return [each for each in found if each is not None]


@given(st.sampled_from(ZONES), st.lists(readings, min_size=1, max_size=8))
def test_any_readings_come_back_equal_in_any_zone(zone: str, given_: list[Reading]) -> None:
    back = [
        each
        for rows in Encoder(ZoneInfo(zone)).encode(given_)
        for each in decoded(rows.day, rows.data)
    ]
    assert back == given_


@given(readings)
def test_the_row_shows_the_local_time_a_clock_on_the_wall_shows(reading: Reading) -> None:
    (rows,) = Encoder(BERLIN).encode([reading])
    fields = rows.data.decode().split(",")
    seconds = datetime.fromtimestamp(reading.at_ms // 1000, BERLIN)
    if (seconds.utcoffset() or seconds - seconds).seconds % 60 == 0:
        assert fields[0] == f"{seconds:%Y-%m-%dT%H:%M:%S}.{reading.at_ms % 1000:03d}"
    assert fields[0].startswith(rows.day)


def test_the_repeated_hour_of_october_stays_two_hours() -> None:
    first = Reading(OCTOBER_MS - 1_800_000, "printer", "p-0", 1.0)
    second = Reading(OCTOBER_MS + 1_800_000, "printer", "p-0", 1.0)
    (rows,) = Encoder(BERLIN).encode([first, second])
    lines = rows.data.decode().splitlines()
    assert lines[0].startswith("2026-10-25T02:30:00.000,+02:00,")
    assert lines[1].startswith("2026-10-25T02:30:00.000,+01:00,")
    assert decoded(rows.day, rows.data) == [first, second]


def test_lord_howe_shifts_by_half_an_hour_and_nothing_is_lost() -> None:
    shift = (
        int(datetime(2026, 10, 3, 15, 30, tzinfo=UTC).timestamp()) * 1000
    )  # 02:00 becomes 02:30
    some = [Reading(shift + n * 60_000, "lamp", "p-0", float(n)) for n in range(-40, 40)]
    result = Encoder(ZoneInfo("Australia/Lord_Howe")).encode(some)
    assert {line.split(",")[1] for rows in result for line in rows.data.decode().splitlines()} == {
        "+10:30",
        "+11:00",
    }
    assert [each for rows in result for each in decoded(rows.day, rows.data)] == some


def test_a_row_reads_as_documented() -> None:
    reading = Reading(
        1_795_352_585_123,
        "printer",
        "shelly-54320400aa02-0",
        12.0,
        4567.25,
        flags=Flag.BOOT | Flag.GAP,
    )
    (rows,) = Encoder(BERLIN).encode([reading])
    body = "2026-11-22T14:03:05.123,+01:00,printer,shelly-54320400aa02-0,12,4567.25,,boot|gap"
    assert rows.data.decode() == f"{body},{crc32(body.encode()):08x}\n"
    assert rows == ("2026-11-22", rows.data, 1)


def test_the_header_names_every_column_once() -> None:
    assert HEADER == b"time,utc_offset,appliance,plug,power_w,energy_wh,voltage_v,flags,crc32\n"
    assert len(set(COLUMNS)) == 9
    assert Decoder("2026-11-22").row(HEADER[:-1]) is None


def test_missing_is_empty_and_zero_is_zero() -> None:
    (rows,) = Encoder(BERLIN).encode([Reading(OCTOBER_MS, "lamp", "p-0", None, 0.0, -0.0)])
    assert rows.data.decode().split(",")[4:7] == ["", "0", "0"]


@given(readings, st.data())
def test_every_changed_byte_of_a_row_is_noticed(reading: Reading, data: st.DataObject) -> None:
    (rows,) = Encoder(BERLIN).encode([reading])
    at = data.draw(st.integers(0, len(rows.data) - 2))
    flip = data.draw(st.integers(1, 255))
    damaged = bytearray(rows.data)
    damaged[at] ^= flip
    for line in bytes(damaged)[:-1].split(b"\n"):
        with pytest.raises(RowError):
            Decoder(rows.day).row(line)


def test_every_single_flipped_bit_of_a_row_is_noticed() -> None:
    (rows,) = Encoder(BERLIN).encode([Reading(OCTOBER_MS, "lamp", "p-0", 1.5, 2.5, 229.8, 1)])
    decoder = Decoder(rows.day)
    for bit in range((len(rows.data) - 1) * 8):
        damaged = bytearray(rows.data[:-1])
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RowError):
            decoder.row(bytes(damaged))


@given(st.binary(max_size=200))
@example(b"\0" * 120)
@example(b"")
@example(b",")
def test_no_bytes_whatever_are_taken_for_a_row(line: bytes) -> None:
    with pytest.raises(RowError):
        Decoder("2026-11-22").row(line)


def with_crc(body: str) -> bytes:
    return f"{body},{crc32(body.encode()):08x}".encode()


SOUND = "2026-11-22T14:03:05.123,+01:00,printer,p-0,12,4567.25,,boot"


@pytest.mark.parametrize(
    "body",
    [
        SOUND.replace("12,", "nan,"),
        SOUND.replace("12,", "inf,"),
        SOUND.replace("12,", "1e999,"),
        SOUND.replace("12,", "much,"),
        SOUND.replace("boot", "bott"),
        SOUND.replace("printer", "Printer"),
        SOUND.replace("printer", "a" * 33),
        SOUND.replace("14:03", "25:03"),
        SOUND.replace("14:03", "14:61"),
        SOUND.replace(".123", ".1234"),
        SOUND.replace(".123", ""),
        SOUND.replace("+01:00", "01:00"),
        SOUND.replace("+01:00", ""),
        SOUND.replace("2026-11-22", "2026-11-31"),
        SOUND + ",more",
        "",
    ],
)
def test_a_right_check_sum_does_not_make_nonsense_a_reading(body: str) -> None:
    with pytest.raises(RowError):
        Decoder(body[:10]).row(with_crc(body))
    assert Decoder("2026-11-22").row(with_crc(SOUND)) is not None


def test_a_sound_row_of_another_day_does_not_count() -> None:
    with pytest.raises(RowError, match="another day"):
        Decoder("2026-11-23").row(with_crc(SOUND))


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (Reading(0, "Printer", "p-0", 1.0), "appliance is 'Printer'"),
        (Reading(0, "con,sole", "p-0", 1.0), "appliance"),
        (Reading(0, "a", "=1+1", 1.0), "plug is '=1+1'"),
        (Reading(0, "a", "", 1.0), "plug is ''"),
        (Reading(0, "a\n", "p", 1.0), "appliance"),
        (Reading(0, "a", "p", float("nan")), "power_w is nan"),
        (Reading(0, "a", "p", 1.0, float("inf")), "energy_wh is inf"),
        (Reading(0, "a", "p", 1.0, 1.0, 10**400), "voltage_v"),
        (Reading(-1, "a", "p", 1.0), "at_ms is -1"),
        (Reading(LAST_MS, "a", "p", 1.0), "at_ms"),
        (Reading(0, "a", "p", 1.0, flags=4096), "flags is 4096"),
    ],
)
def test_a_reading_that_cannot_be_written_is_refused_by_name(reading: Reading, says: str) -> None:
    with pytest.raises(StoreError, match=re.escape(says)):
        Encoder(BERLIN).encode([Reading(0, "a", "p", 1.0), reading])


def test_many_different_numbers_do_not_fill_the_memory() -> None:
    encoder = Encoder(BERLIN)
    some = [Reading(n, "a", "p", n / 7, n / 3, n / 11) for n in range(20_000)]
    (rows,) = encoder.encode(some)
    assert decoded(rows.day, rows.data) == some
    assert len(encoder._numbers) < 10_000


def test_the_documentation_shows_a_true_row_and_names_every_column_and_flag() -> None:
    text = (Path(__file__).parents[2] / "docs/files.md").read_text(encoding="utf-8")
    lines = text.split("```")[3].strip().splitlines()
    assert lines[0].encode() + b"\n" == HEADER
    reading = Decoder(lines[1][:10]).row(lines[1].encode())
    assert reading is not None
    assert reading.flags == Flag.BOOT | Flag.GAP
    for name in (*COLUMNS, *(str(flag.name).lower() for flag in Flag if flag)):
        assert f"| `{name}` |" in text
