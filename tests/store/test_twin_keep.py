import gzip
from datetime import date

import pytest
from tests.store.twin_days import (
    FIRST,
    SECOND,
    THIRD,
    TODAY,
    asked,
    by_plug,
    days,
    in_csv,
    packed,
    sealed,
    written,
)

from flatwatt.errors import StoreError
from flatwatt.store.twin.keep import Keeping, due, prune
from flatwatt.store.twin.steps import Job, Step, decode, do, encode, next_step
from flatwatt.store.twin.twin import Twin

GZIP = Keeping("gzip", 2)


def csv_of(twin, day, ending=""):
    return twin.readings / f"2026/{day}.csv{ending}"


def test_by_default_no_csv_is_touched(tmp_path):
    twin = sealed(tmp_path, days())
    assert due(twin, date(2036, 1, 1), Keeping()) == []


def test_only_sealed_days_that_are_old_enough_are_due(tmp_path):
    twin = sealed(tmp_path, days(), today=date(2026, 11, 2))
    assert due(twin, TODAY, GZIP) == [FIRST, SECOND]
    assert due(twin, date(2026, 11, 2), GZIP) == [FIRST]
    assert due(twin, date(2026, 12, 3), GZIP) == [FIRST, SECOND], "the third is not sealed"


def test_a_compressed_csv_holds_every_byte_and_is_read_like_before(tmp_path):
    twin = sealed(tmp_path, days())
    before = csv_of(twin, FIRST).read_bytes()
    assert prune(twin, FIRST, GZIP) > len(before) / 2
    assert not csv_of(twin, FIRST).exists()
    assert gzip.decompress(csv_of(twin, FIRST, ".gz").read_bytes()) == before
    assert by_plug(in_csv(twin)) == by_plug(days())
    assert due(twin, TODAY, GZIP) == [SECOND]
    twin.verify(FIRST)
    assert twin.unsealed(TODAY) == []


def test_a_moved_csv_is_still_verified_where_it_is_now(tmp_path):
    plain = sealed(tmp_path, days())
    keeping = Keeping("move", 2, tmp_path / "disk")
    twin = Twin(plain.folder, plain.readings, keeping.folder)
    packed(csv_of(twin, SECOND))
    before = csv_of(twin, FIRST).read_bytes()
    for day in (FIRST, SECOND):
        prune(twin, day, keeping)
        twin.verify(day)
    assert (tmp_path / f"disk/2026/{FIRST}.csv").read_bytes() == before
    assert (tmp_path / f"disk/2026/{SECOND}.csv.gz").exists()
    assert twin.unsealed(TODAY) == []
    assert by_plug(asked(twin)) == by_plug(days())


def test_a_move_that_stopped_between_two_files_of_a_day_goes_on(tmp_path):
    plain = written(tmp_path, days(1)[:100])
    packed(csv_of(plain, FIRST))
    keeping = Keeping("move", 2, tmp_path / "disk")
    twin = Twin(plain.folder, plain.readings, keeping.folder)
    written(tmp_path, days(1)[100:])
    with twin.lock():
        twin.seal(FIRST)
    before = twin.manifest()
    (tmp_path / "disk/2026").mkdir(parents=True)
    csv_of(twin, FIRST, ".gz").rename(tmp_path / f"disk/2026/{FIRST}.csv.gz")
    assert twin.unsealed(TODAY) == Twin(twin.folder, twin.readings).unsealed(TODAY) == []
    prune(twin, FIRST, keeping)
    twin.verify(FIRST)
    assert twin.manifest() == before
    assert by_plug(asked(twin)) == by_plug(days(1))


def test_what_was_moved_can_be_sealed_anew_from_there(tmp_path):
    plain = sealed(tmp_path, days())
    keeping = Keeping("move", 2, tmp_path / "disk")
    twin = Twin(plain.folder, plain.readings, keeping.folder)
    prune(twin, SECOND, keeping)
    (twin.folder / "manifest.json").unlink()
    with twin.lock():
        assert twin.unsealed(TODAY) == [FIRST, SECOND, THIRD]
        assert twin.work([FIRST, SECOND, THIRD], TODAY, lambda day: None) == []
    assert by_plug(asked(twin)) == by_plug(days())


def test_where_the_disk_with_the_moved_csv_is_away_the_archive_still_answers(tmp_path):
    twin = sealed(tmp_path, days())
    prune(twin, SECOND, Keeping("move", 2, tmp_path / "disk"))
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    assert twin.unsealed(TODAY) == []
    twin.verify(SECOND)
    assert by_plug(asked(twin)) == by_plug(days())


@pytest.mark.parametrize("keeping", [GZIP, Keeping("move", 2)])
def test_a_day_whose_archive_is_not_sound_keeps_its_csv(tmp_path, keeping):
    twin = sealed(tmp_path, days())
    before = csv_of(twin, SECOND).read_bytes()
    file = twin.folder / f"2026/{SECOND}.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreError, match="is damaged"):
        prune(twin, SECOND, keeping)
    assert csv_of(twin, SECOND).read_bytes() == before


def test_steps_come_in_order_and_lead_to_the_end(tmp_path):
    twin = written(tmp_path, days())
    later = date(2026, 11, 4)
    done = []
    while step := next_step(twin, later, GZIP):
        do(twin, step, GZIP)
        done.append((step.what, step.which))
    assert done == [
        ("seal", FIRST), ("seal", SECOND), ("seal", THIRD), ("merge", "2026-10"),
        ("prune", FIRST), ("prune", SECOND), ("prune", THIRD),
    ]  # fmt: skip


def test_a_step_that_failed_holds_back_no_other(tmp_path):
    twin = written(tmp_path, days())
    assert next_step(twin, TODAY, GZIP, [Step("seal", FIRST)]) == Step("seal", SECOND)


def test_a_job_survives_the_way_to_its_process(tmp_path):
    for folder in (None, tmp_path):
        keeping = Keeping("move", 5, folder)
        job = Job(tmp_path, tmp_path / "ä b", folder, Step("seal", FIRST), keeping)
        assert decode(encode(job)) == job
