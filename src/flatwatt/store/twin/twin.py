"""Sealing days, merging months, and making sure: the twin's files and who may change them."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from msgspec.structs import replace

from flatwatt.errors import StoreError
from flatwatt.store.files import DayFile
from flatwatt.store.reader import uncompressed_size
from flatwatt.store.twin import checks, manifest
from flatwatt.store.twin.columns import FORMAT, HEARD, csv_rows, file_rows, fill
from flatwatt.store.twin.engine import MEMORY_MB, Engine, engine, listed, quoted
from flatwatt.store.twin.manifest import Day, File, Manifest, part_of
from flatwatt.store.twin.source import Checked, check, day_files, files_by_day
from flatwatt.store.twin.stored import in_order, stored_rows, whole

_COPY = "COPY ($rows) TO $file ($format)"


class Twin:
    """The columnar twin of one record. Reading needs no lock, changing does: `lock`.

    Args:
        folder: of the twin, `derived/sealed`; made if need be.
        readings: of the record.
        elsewhere: where older CSV files were moved to, if they were.
        memory_mb: the most the engine may use.
    """

    def __init__(
        self,
        folder: Path,
        readings: Path,
        elsewhere: Path | None = None,
        *,
        memory_mb: int = MEMORY_MB,
    ) -> None:
        self.folder = folder
        self.readings = readings
        self.elsewhere = elsewhere
        self.scratch = folder / "work"
        self._memory_mb = memory_mb

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where CSV files may lie, the record first."""
        return (self.readings,) if self.elsewhere is None else (self.readings, self.elsewhere)

    def manifest(self) -> Manifest:
        """Return what is sealed now. Raises StoreError."""
        return manifest.load(self.folder)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Become the only one who changes the twin, and clear what an interrupted one left.

        Raises:
            StoreError: another process is at it, or the folder cannot be used.
        """
        with _disk(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            guard = FileLock(self.folder / ".lock", timeout=0)
        try:
            with guard, _disk(self.folder):
                self._sweep()
                yield
        except Timeout:
            raise StoreError(
                f"{self.folder}: another flatwatt works on the archive; try again in a minute"
            ) from None

    def _sweep(self) -> None:
        """Remove what no manifest names: torn, half made or replaced files."""
        named = set(self.manifest().files)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for path in [*self.folder.glob("*/*.parquet"), *self.folder.rglob("*.part")]:
            if path.relative_to(self.folder).as_posix() not in named:
                path.unlink()

    # --- what there is to do ------------------------------------------------------

    def unsealed(self, today: date) -> list[str]:
        """Return the days before today whose twin is missing or older than their CSV, in order."""
        present = self.manifest()
        last = (today - timedelta(days=1)).isoformat()
        days = files_by_day(self.folders, last=last)
        return [day for day in sorted(days) if not self.fresh(present, day, days[day])]

    def fresh(self, present: Manifest, day: str, files: Sequence[DayFile]) -> bool:
        """Return whether a day need not be sealed again, as far as sizes tell.

        A CSV file that is gone, on a disk that is away, say, is no reason to seal without it.
        """
        known = present.days.get(day)
        if known is None or not self._whole(present, known.file):
            return False
        sizes = {(each.name, each.size) for each in known.sources}
        return sizes >= {(each.name, uncompressed_size(each)) for each in files}

    def _whole(self, present: Manifest, name: str) -> bool:
        file = present.files.get(name)
        try:
            return file is not None and (self.folder / name).stat().st_size == file.size
        except OSError:
            return False

    def unmerged(self, today: date) -> list[str]:
        """Return the months (`2026-10`) that are over, all sealed, and still lie in days."""
        waiting = {day[:7] for day in self.unsealed(today)}
        months = {day[:7]: set[str]() for day in self.manifest().days}
        for day in self.manifest().days.values():
            months[day.day[:7]].add(day.file)
        this = today.isoformat()[:7]
        return sorted(
            month
            for month, files in months.items()
            if month < this and month not in waiting and not _is_month(files)
        )

    # --- doing it -------------------------------------------------------------------

    def seal(self, day: str) -> Day:
        """Make a day's Parquet from its CSV, verify it, and name it in the manifest.

        Raises:
            StoreError: the CSV cannot be read, the twin not written or not verified; nothing
                has changed then.
        """
        with _disk(self.folder), self._engine() as at:
            checked = check(day_files(self.folders, day), self.scratch / "sound.csv")
            present = self.manifest()
            name = _free_name(day, present)
            sealed = Day(day, name, checked.sources, checked.bad_rows, checked.plugs)
            self._write_day(at, checked, sealed)
            self._name_it(present, [sealed], name)
        return sealed

    def _write_day(self, at: Engine, checked: Checked, sealed: Day) -> None:
        part = part_of(self.folder / sealed.file)
        part.parent.mkdir(exist_ok=True)
        csv = csv_rows(listed(checked.files), header=checked.header)
        at.run(fill(HEARD, csv=csv))
        rows = file_rows(quoted(sealed.day))
        at.run(fill(_COPY, rows=rows, file=quoted(part), format=FORMAT))
        stored = whole(part)
        checks.agree(at, stored, [sealed], part)
        checks.same_readings(at, "heard", stored, part)

    def merge(self, month: str) -> None:
        """Put the sealed days of a month into one file.

        Raises:
            StoreError: a file is damaged or the new one cannot be made; nothing has changed.
        """
        with _disk(self.folder), self._engine() as at:
            present = self.manifest()
            days = [day for key, day in sorted(present.days.items()) if key.startswith(month)]
            for name in sorted({each.file for each in days}):
                self._must_be_whole(present, name)
            name = _free_name(month, present)
            part = part_of(self.folder / name)
            rows = in_order(self.folder, days)
            at.run(fill(_COPY, rows=rows, file=quoted(part), format=FORMAT))
            checks.agree(at, whole(part), days, part)
            self._name_it(present, days, name)

    def _must_be_whole(self, present: Manifest, name: str) -> None:
        if hashed(self.folder / name) != present.files[name]:
            raise StoreError(
                f"{self.folder / name}: is damaged; `flatwatt archive rebuild` makes it anew"
            )

    def _name_it(self, present: Manifest, days: Sequence[Day], name: str) -> None:
        """Give a verified file its name, then the manifest its days.

        Files no day lies in any more stay until the next `lock`: somebody may be reading them.
        """
        path = self.folder / name
        file = hashed(part_of(path))
        manifest.settle(part_of(path), path)
        named = present.with_days([replace(each, file=name) for each in days], name, file)
        manifest.save(self.folder, named)

    def verify(self, day: str, *, of_csv: bool = True) -> None:
        """Check a sealed day: its file's hash, its sums, and every value against the CSV.

        Args:
            day: as `2026-11-22`.
            of_csv: compare with the CSV too, where it can be reached.

        Raises:
            StoreError: which file is wrong, and what to do.
        """
        present = self.manifest()
        sealed = present.days.get(day)
        if sealed is None:
            raise StoreError(f"{day} is not in the archive; `flatwatt archive rebuild` seals it")
        with _disk(self.folder), self._engine() as at:
            self._must_be_whole(present, sealed.file)
            rows = stored_rows(self.folder, [sealed])
            checks.agree(at, rows, [sealed], self.folder / sealed.file)
            files = day_files(self.folders, day) if of_csv else []
            if files:
                checked = check(files, self.scratch / "sound.csv")
                if checked.sources != sealed.sources:
                    raise StoreError(
                        f"{files[0].path}: is not what was sealed; if it was changed on purpose, "
                        "`flatwatt archive rebuild` seals it again"
                    )
                csv = csv_rows(listed(checked.files), header=checked.header)
                checks.same_readings(at, f"({csv})", rows, self.folder / sealed.file)

    def work(self, days: Sequence[str], today: date, on_day: Callable[[str], None]) -> list[str]:
        """Seal days and merge months that are complete.

        Args:
            days: to be sealed, also again; one that cannot be does not keep others back.
            today: its month is not merged.
            on_day: told each day that was tried.

        Returns:
            What went wrong, for a person.
        """
        failed = []
        for day in days:
            try:
                self.seal(day)
            except StoreError as error:
                failed.append(str(error))
            on_day(day)
        for month in self.unmerged(today):
            try:
                self.merge(month)
            except StoreError as error:
                failed.append(str(error))
        return failed

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        with engine(self.scratch, memory_mb=self._memory_mb) as opened:
            yield opened


def _free_name(stem: str, present: Manifest) -> str:
    """Return a name for a day's or month's file: never one that is in use."""
    name, number = f"{stem[:4]}/{stem}.parquet", 1
    while name in present.files:
        number += 1
        name = f"{stem[:4]}/{stem}.{number}.parquet"
    return name


def _is_month(files: set[str]) -> bool:
    return len(files) == 1 and len(next(iter(files)).partition("/")[2].partition(".")[0]) == 7


def hashed(path: Path) -> File:
    """Return size and SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return File(path.stat().st_size, digest.hexdigest())


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise
    except OSError as error:
        raise StoreError(
            f"{error.filename or folder}: the archive cannot be written or read "
            f"({error.strerror or error}); the record is untouched; free some space or check the "
            "disk"
        ) from error
