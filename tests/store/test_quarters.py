import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from flatwatt.errors import StoreError
from flatwatt.model import Run
from flatwatt.store.quarters import Checkpoint, Quarter, Quarters
from flatwatt.store.readings import Position

T0 = 1_795_388_400_000
QUARTER_MS = 900_000
PLACE = Position("2026/2026-11-23.csv", 4711, (("2026/2026-11-22.csv", 99),))
CHECKPOINT = Checkpoint("1", PLACE, b"\x00state\xff")


def quarter(number: int, energy_mwh: int = 5, appliance: str = "printer") -> Quarter:
    return Quarter(appliance, "p-0", T0 + number * QUARTER_MS, energy_mwh, None, 7, 900, 0, 1)


def run(number: int, hours: float | None = 1.0) -> Run:
    start = T0 + number * 3_600_000
    end = None if hours is None else start + int(hours * 3_600_000)
    slices = ((start, 50), (start + QUARTER_MS, 40))
    return Run(f"printer-{number}", "printer", start, end, 90, 210.5, slices, 3)


def opened(tmp_path: Path) -> Quarters:
    return Quarters(tmp_path / "derived/quarters.sqlite")


def test_what_was_written_comes_back_equal_after_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.span() is None
    store.write([quarter(1), quarter(0)], [run(0), run(1, None)], CHECKPOINT)
    store.close()
    store = opened(tmp_path)
    assert store.notice is None
    assert store.quarters(0, 2 * T0) == [quarter(0), quarter(1)]
    assert store.runs(0, 2 * T0) == [run(0), run(1, None)]
    assert store.checkpoint("1") == CHECKPOINT
    assert store.span() == (T0, T0 + 2 * QUARTER_MS)
    store.close()
    store.close()


def test_a_checkpoint_of_another_arithmetic_does_not_count(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([], [], CHECKPOINT)
    assert store.checkpoint("2") is None
    store.write([], [], None)
    assert store.checkpoint("1") == CHECKPOINT
    store.close()


def test_writing_again_replaces_and_never_adds(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([quarter(0, 5)], [run(0, None)], None)
    store.write([quarter(0, 9)], [run(0, 2.0)], None)
    assert store.quarters(T0, T0 + 1) == [quarter(0, 9)]
    assert store.runs(T0, T0 + 1) == [run(0, 2.0)]
    store.close()


def test_the_stretch_asked_for_begins_inside_and_ends_outside(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([quarter(n, n, a) for n in range(4) for a in ("washer", "printer")], [], None)
    got = store.quarters(T0 + QUARTER_MS, T0 + 3 * QUARTER_MS)
    assert [(each.energy_mwh, each.appliance) for each in got] == [
        (1, "printer"),
        (1, "washer"),
        (2, "printer"),
        (2, "washer"),
    ]
    assert store.quarters(T0 + 1, T0 + 2, "printer") == []
    assert len(store.quarters(0, 2 * T0, "washer")) == 4
    store.close()


def test_runs_are_found_by_any_touch_of_the_stretch(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([], [run(0), run(5), run(9, None)], None)
    hour = 3_600_000
    assert store.runs(T0 + hour // 2, T0 + 2 * hour) == [run(0)]
    assert store.runs(T0 + 2 * hour, T0 + 3 * hour) == []
    assert store.runs(T0 + 20 * hour, T0 + 21 * hour) == [run(9, None)]
    assert store.runs(0, 2 * T0, "washer") == []
    store.close()


def test_a_write_that_fails_leaves_nothing_of_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([quarter(0)], [], CHECKPOINT)
    crooked = Quarter("printer", "p-0", T0 + 1, 5, None, None, 1)
    newer = Checkpoint("1", Position("2026/2026-11-24.csv", 5), b"")
    with pytest.raises(ValueError, match="not the begin of a quarter-hour"):
        store.write([quarter(1), crooked], [run(0)], newer)
    assert store.quarters(0, 2 * T0) == [quarter(0)]
    assert store.runs(0, 2 * T0) == []
    assert store.checkpoint("1") == CHECKPOINT
    store.close()


def test_clear_forgets_everything(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write([quarter(0)], [run(0)], CHECKPOINT)
    store.clear()
    assert (store.span(), store.runs(0, 2 * T0), store.checkpoint("1")) == (None, [], None)
    store.close()


def test_another_process_reads_while_the_collector_writes(tmp_path: Path) -> None:
    store = opened(tmp_path)
    viewer = Quarters(tmp_path / "derived/quarters.sqlite", read_only=True)
    for n in range(50):
        store.write([quarter(n), quarter(n, appliance="washer")], [], None)
        assert len(viewer.quarters(0, 2 * T0)) == 2 * n + 2
    with pytest.raises(StoreError):
        viewer.write([quarter(0)], [], None)
    viewer.close()
    store.close()


def test_a_reader_never_sees_half_a_write(tmp_path: Path) -> None:
    store = opened(tmp_path)
    viewer = Quarters(tmp_path / "derived/quarters.sqlite", read_only=True)
    seen: set[int] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.update({sum(q.energy_mwh for q in viewer.quarters(0, 2 * T0)) % 40})

    thread = threading.Thread(target=look)
    thread.start()
    for n in range(100):
        store.write([quarter(m, n) for m in range(40)], [], None)
    stop.set()
    thread.join()
    assert seen <= {0}
    viewer.close()
    store.close()


def test_without_a_file_a_reader_finds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    viewer = Quarters(tmp_path / "derived/quarters.sqlite", read_only=True)
    assert viewer.span() is None
    assert viewer.checkpoint("1") is None
    assert not list(tmp_path.iterdir())
    viewer.close()


def spoil_header(path: Path) -> None:
    path.write_bytes(b"not a database at all, rather a shopping list " * 100)


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content), 512):
        content[at : at + 100] = b"\xaa" * 100
    path.write_bytes(content)


def empty_it_of_ours(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (title TEXT)")
    other.commit()
    other.close()


def make_newer(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()


@pytest.mark.parametrize("spoil", [spoil_header, spoil_middle, empty_it_of_ours, make_newer])
def test_a_spoiled_or_foreign_file_is_put_aside_and_begun_anew(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    store = opened(tmp_path)
    store.write([quarter(n) for n in range(400)], [run(0)], CHECKPOINT)
    store.close()
    path = tmp_path / "derived/quarters.sqlite"
    spoil(path)
    viewer = Quarters(path, read_only=True)
    viewer.close()
    store = opened(tmp_path)
    assert store.notice is not None
    assert "quarters.sqlite.bad" in store.notice
    assert store.checkpoint("1") is None
    store.write([quarter(0)], [], CHECKPOINT)
    store.close()
    assert (tmp_path / "derived/quarters.sqlite.bad").exists()
    store = opened(tmp_path)
    assert store.notice is None
    assert store.checkpoint("1") == CHECKPOINT
    store.close()


def test_a_busy_file_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flatwatt.store.database.BUSY_S", 0.05)
    store = opened(tmp_path)
    store.write([quarter(0)], [], CHECKPOINT)
    other = sqlite3.connect(tmp_path / "derived/quarters.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program holds"):
        opened(tmp_path)
    other.close()
    assert not list(tmp_path.rglob("*.bad"))
    assert store.checkpoint("1") == CHECKPOINT
    store.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("a file")
    with pytest.raises(StoreError, match="cannot be used"):
        opened(tmp_path)
