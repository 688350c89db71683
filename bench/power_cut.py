"""Every state a power cut may leave the record in: `python -m bench.power_cut`.

Real sessions of `Record` run on a disk that notes each write, truncation and sync.
Then, for each moment of a session, the states a cut may leave are rebuilt: unsynced
bytes cut at every byte, lost altogether, or with 512-byte sectors of them missing
(zeros, noise, or sound rows of another day that a deleted file left behind), names that
were not synced gone, truncations and removals not done. Each state is opened with the
real `Record`, one reading is added, and the real reader tells what it finds.

Two counts must be zero: rows read that nobody wrote, and rows that `sync` promised and
that are gone. The control counts the states in which a reader that believes any line
with the right number of columns would have been fooled: the harness has teeth.
"""

import errno
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from bench.cut_states import BERLIN, MIDNIGHT_MS, Op, Session, State, rows_promised, states
from flatwatt.model import Flag, Reading
from flatwatt.store.disk import Disk
from flatwatt.store.readings import Record, read
from flatwatt.store.rows import COLUMNS, Encoder


class NotingDisk(Disk):
    """A disk that notes what is asked of it, and fails where it is told to."""

    def __init__(self, folder: Path, session: Session) -> None:
        self._folder = folder
        self._session = session
        self._files: dict[int, Path] = {}
        self.fail_syncs = 0
        self.room: int | None = None

    def _note(self, what: str, path: Path, at: int = 0, data: bytes = b"") -> None:
        name = path.relative_to(self._folder).as_posix()
        self._session.ops.append(Op(what, name, at, data))

    def open(self, path: Path) -> int:
        if not path.exists():
            self._note("make", path)
        descriptor = super().open(path)
        self._files[descriptor] = path
        return descriptor

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        if self.room is not None:
            if self.room == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            data = data[: self.room]
            self.room -= len(data)
        at = self.size(descriptor)
        taken = super().write(descriptor, data)
        self._note("write", self._files[descriptor], at, bytes(data[:taken]))
        return taken

    def truncate(self, descriptor: int, size: int) -> None:
        super().truncate(descriptor, size)
        self._note("truncate", self._files[descriptor], size)

    def sync(self, descriptor: int) -> None:
        if self.fail_syncs:
            self.fail_syncs -= 1
            raise OSError(errno.EIO, "Input/output error")
        self._note("sync", self._files[descriptor])

    def sync_folder(self, path: Path) -> None:
        if path.is_relative_to(self._folder):
            self._note("names", path)

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._note("remove", path)


class QuickDisk(Disk):
    """The real disk without the waiting, for checking thousands of states."""

    def sync(self, descriptor: int) -> None:
        """Nothing cuts the power here."""

    def sync_folder(self, path: Path) -> None:
        """Nothing cuts the power here."""


def readings(count: int, start_ms: int) -> list[Reading]:
    """Return distinct readings of three plugs, a second each."""
    flags = (0, 0, 0, Flag.BOOT | Flag.GAP)
    return [
        Reading(
            start_ms + n * 1000 + n,
            ("printer", "washer", "fridge")[n % 3],
            f"shelly-54320400aa0{n % 3}-0",
            None if n % 7 == 5 else n * 3.1,
            1000.5 + n,
            230.0 + n / 10,
            int(flags[n % 4]),
        )
        for n in range(count)
    ]


Script = Callable[[Record, NotingDisk, Session], None]


def say(record: Record, session: Session, some: Sequence[Reading]) -> None:
    record.append(some)
    session.appended.extend(some)


def promise(record: Record, session: Session) -> None:
    record.sync()
    if record.trouble is None:
        session.promised.append((len(session.ops), len(session.appended)))


def over_midnight(record: Record, _disk: NotingDisk, session: Session) -> None:
    rows = readings(36, MIDNIGHT_MS - 18_000)
    for at in range(0, len(rows), 3):
        say(record, session, rows[at : at + 3])
        if at % 12 == 9:
            promise(record, session)


def failing_sync(record: Record, disk: NotingDisk, session: Session) -> None:
    rows = readings(30, MIDNIGHT_MS + 3_600_000)
    for at in range(0, len(rows), 3):
        say(record, session, rows[at : at + 3])
        disk.fail_syncs = {9: 1, 21: 2}.get(at, disk.fail_syncs)
        if at % 6 == 3:
            promise(record, session)
    promise(record, session)


def full_disk(record: Record, disk: NotingDisk, session: Session) -> None:
    rows = readings(30, MIDNIGHT_MS + 7_200_000)
    for at in range(0, len(rows), 3):
        disk.room = {6: 43, 9: 0, 12: 200, 15: None}.get(at, disk.room)
        say(record, session, rows[at : at + 3])
        if at % 6 == 3:
            promise(record, session)
    promise(record, session)


def long_batch(record: Record, _disk: NotingDisk, session: Session) -> None:
    rows = readings(50, MIDNIGHT_MS + 9_000_000)
    say(record, session, rows[:2])
    promise(record, session)
    say(record, session, rows[2:48])
    promise(record, session)
    say(record, session, rows[48:])


SESSIONS: dict[str, tuple[Script, bytes]] = {
    "over midnight": (over_midnight, b""),
    "after a torn tail": (long_batch, b"2026-11-23T02:00:00.000,+01:00,pri"),
    "sync fails": (failing_sync, b""),
    "disk full": (full_disk, b""),
}


def play(name: str) -> Session:
    """Run a session for real and return what it did."""
    script, tail = SESSIONS[name]
    session = Session()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "readings"
        if tail:
            some = readings(5, MIDNIGHT_MS + 60_000)
            session.appended.extend(some)
            session.before["2026/2026-11-23.csv"] = _file_of(some) + tail
            session.promised.append((0, len(some)))
            _lay_out(folder, session.before)
        disk = NotingDisk(folder, session)
        with Record(folder, BERLIN, disk=disk) as record:
            script(record, disk, session)
    return session


def _file_of(some: Sequence[Reading]) -> bytes:
    return ",".join(COLUMNS).encode() + b"\n" + Encoder(BERLIN).encode(some)[0].data


@dataclass
class Tally:
    """What the states showed."""

    states: int = 0
    wrong: int = 0
    lost: int = 0
    next_lost: int = 0
    disordered: int = 0
    bad_rows: int = 0
    fooled: int = 0


def judge(session: Session, count: int, state: State, folder: Path, tally: Tally) -> None:
    """Open one state with the real record, add a reading, and count what is not right."""
    _lay_out(folder, state)
    extra = Reading(MIDNIGHT_MS + 40_000_000, "printer", "next-1", 77.7)
    tally.fooled += fooled(session, state)
    with Record(folder, BERLIN, disk=QuickDisk()) as record:
        record.append([extra])
    bad: list[object] = []
    order = {each: number for number, each in enumerate([*session.appended, extra])}
    found: list[Reading] = []
    disordered = False
    for some, _position in read(folder, on_bad=bad.append):
        found += some
        places = [order.get(each, -1) for each in some]
        disordered |= places != sorted(places)
    there = set(found)
    tally.states += 1
    tally.wrong += len(there - set(order))
    tally.lost += len(set(session.appended[: rows_promised(session, count)]) - there)
    tally.next_lost += extra not in there
    tally.disordered += disordered
    tally.bad_rows += len(bad)


def fooled(session: Session, state: State) -> bool:
    """Return whether a reader without check sums would take something wrong for a row."""
    true = set(_file_of(session.appended[:1]).splitlines()[:1])
    for rows in Encoder(BERLIN).encode(session.appended):
        true.update(rows.data.splitlines())
    lines = (
        line
        for name, content in state.items()
        if name.endswith(".csv")
        for line in content[: content.rfind(b"\n") + 1].splitlines()
    )
    return any(line.count(b",") == len(COLUMNS) - 1 and line not in true for line in lines)


def _lay_out(folder: Path, files: State) -> None:
    rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def run(name: str, every: int = 1) -> Tally:
    """Play a session and judge its states, or one in `every`."""
    session = play(name)
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        for count, state in states(session, every):
            judge(session, count, state, Path(place) / "readings", tally)
    return tally


def main() -> int:
    print(f"{'session':20} {'states':>7} {'wrong':>6} {'lost':>5} {'next':>5} {'order':>6} "
          f"{'bad rows told':>14} {'no CRC: fooled':>15}")  # fmt: skip
    failed = 0
    for name in SESSIONS:
        got = run(name)
        failed += got.wrong + got.lost + got.next_lost + got.disordered
        print(f"{name:20} {got.states:7} {got.wrong:6} {got.lost:5} {got.next_lost:5} "
              f"{got.disordered:6} {got.bad_rows:14} {got.fooled:15}")  # fmt: skip
    print("wrong: rows nobody wrote; lost: rows a sync had promised; next: the row after the "
          "restart lost;\norder: states with rows out of order in a file")  # fmt: skip
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
