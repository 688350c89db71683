"""The household's book: record, event log and derived tables behind one door.

Disk trouble never stops the measuring. What cannot be written waits in memory, is said in
`troubles`, and is tried again: the record by itself, events with the next ones, derived
rows with the next keeping. A checkpoint is never kept ahead of what it stands for.
"""

import threading
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from flatwatt.correction import Correction, Draft
from flatwatt.errors import StoreError
from flatwatt.model import Event, Reading, Run
from flatwatt.store import minutes
from flatwatt.store.corrections import CorrectionLog
from flatwatt.store.events import EventLog
from flatwatt.store.files import Position
from flatwatt.store.home import Home
from flatwatt.store.kept import Kept
from flatwatt.store.quarters import Checkpoint, Quarter, Quarters
from flatwatt.store.record import Record
from flatwatt.store.slots import SlotMaker


class Book:
    """The files of one home.

    Args:
        home: where they are.
        zone: of the flat; decides a reading's day.
        watch: look only, write nothing.
        maker: of the slot calendar; without one no sums are kept.

    Attributes:
        anew: nothing derived could be used; what was pruned comes from `kept.sqlite`.
    """

    def __init__(
        self, home: Home, zone: ZoneInfo, *, watch: bool, maker: SlotMaker | None = None
    ) -> None:
        self.anew = False
        self._home = home
        self._maker = maker
        self._watch = watch
        self._lock = threading.Lock()
        self._trouble: dict[str, str] = {}
        self._untold: list[Event] = []
        self._unkept: dict[tuple[str, str, int], Quarter] = {}
        self._unkept_runs: dict[str, Run] = {}
        self._unkept_hours: tuple[minutes.PackedHour, ...] = ()
        self._quarters: Quarters | None = None
        self._log: EventLog | None = None
        self._corrections: CorrectionLog | None = None
        self._kept: Kept | None = None
        self._record = None if watch else Record(home.readings, zone)
        self._open_quarters()
        self._open_log()

    @property
    def position(self) -> Position | None:
        """Behind the last row written; None when this book only looks."""
        return None if self._record is None else self._record.position

    @property
    def behind(self) -> bool:
        """Whether rows or events still wait for the disk, so that no checkpoint may be kept."""
        waiting = self._record is not None and self._record.trouble is not None
        return waiting or bool(self._untold) or "corrections" in self._trouble

    def troubles(self) -> list[str]:
        """Return what is wrong with the files, for a flatmate."""
        record = None if self._record is None else self._record.trouble
        with self._lock:
            said = (record, *self._trouble.values())
        return list(dict.fromkeys(text for text in said if text))

    def append(self, readings: Sequence[Reading]) -> None:
        """Write readings down; never fails for the disk."""
        if self._record is not None:
            self._record.append(readings)

    def tell(self, events: Sequence[Event], home: str) -> list[Event]:
        """Keep events; return those that are new and durable now, earlier ones included."""
        if self._watch:
            return list(events)
        self._untold.extend(events)
        if not self._untold:
            return []
        log = self._log or self._open_log()
        if log is None:
            return []
        try:
            new = log.append(self._untold, home)
        except StoreError as error:
            self._say("events", str(error))
            return []
        self._untold.clear()
        self._say("events", None)
        return list(new)

    def keep(
        self, quarters: Sequence[Quarter], runs: Sequence[Run], checkpoint: Checkpoint | None
    ) -> None:
        """Force the record to the disk, then keep what was derived; slow, any thread.

        Args:
            quarters: absolute values; replace what was kept.
            runs: finished.
            checkpoint: taken at the same moment; None for none.
        """
        if self._record is not None:
            self._record.sync()
        with self._lock:
            self._unkept |= {(each.appliance, each.plug, each.start_ms): each for each in quarters}
            self._unkept_runs |= {run.id: run for run in runs}
            waiting, waiting_runs = list(self._unkept.values()), list(self._unkept_runs.values())
            if checkpoint is not None:  # hours are kept with a state that no longer has them
                self._unkept_hours += checkpoint.hours
                checkpoint = replace(checkpoint, hours=self._unkept_hours)
        if self._log is None:
            self._open_log()
        store = self._quarters or self._open_quarters()
        if store is None:
            return
        try:
            store.write(waiting, waiting_runs, checkpoint)
        except StoreError as error:
            self._say("derived", str(error))
            return
        self._say("derived", None)
        with self._lock:
            self._unkept.clear()
            self._unkept_runs.clear()
            if checkpoint is not None:
                self._unkept_hours = ()

    def checkpoint(self, version: str) -> Checkpoint | None:
        """Return where to go on; without a fitting one the derived tables are begun anew."""
        if self._quarters is None:
            return None
        try:
            saved = self._quarters.checkpoint(version)
            if saved is None:
                saved = self._begin_anew(version)
        except StoreError as error:  # a full disk: what is derived is derived again in memory
            self._say("derived", str(error))
            self._quarters.close()
            self._quarters = None
            return None
        return saved

    def forget(self) -> None:
        """Begin the derived tables anew: a checkpoint that cannot be read is none."""
        self._begin_anew("")

    def _begin_anew(self, version: str) -> Checkpoint | None:
        """Empty the derived tables, but for what was pruned; return where that ends."""
        self.anew, store = True, None if self._watch else self._quarters
        if store is not None:
            store.clear()
        try:
            if not self._home.kept.exists():
                return None
            kept = self._kept = Kept(self._home.kept, read_only=True)
            if store is not None:
                for day in kept.days():
                    store.write(*kept.of(day), None)
            return kept.edge(version)
        except StoreError as error:
            self._say("kept", str(error))
            return None

    def corrections(self) -> list[Correction]:
        """Return all corrections, by number; none while they cannot be read."""
        try:
            if self._corrections is None:
                self._corrections = CorrectionLog(self._home.events, read_only=self._watch)
            rows = self._corrections.rows()
        except StoreError as error:
            self._say("corrections", str(error))
            return []
        self._say("corrections", None)
        return rows

    def correct(self, draft: Draft, made_ms: int) -> Correction:
        """Write a correction down.

        Raises:
            StoreError: it cannot be written.
            UsageError: it undoes one that is none.
        """
        self.corrections()
        if self._corrections is None:
            raise StoreError(self._trouble["corrections"])
        return self._corrections.add(draft, made_ms)

    def take(self, seq: int, taken_ms: int) -> bool:
        """Note where a correction was taken in; False when that could not be written."""
        try:
            if self._corrections is not None:
                self._corrections.take(seq, taken_ms)
        except StoreError as error:
            self._say("corrections", str(error))
            return False
        return True

    def newest_event_ms(self) -> int | None:
        """Return when the newest told event happened; None where nothing was told."""
        return None if self._log is None else self._log.newest_ms()

    def quarters(
        self, start_ms: int, end_ms: int, appliance: str | None = None
    ) -> dict[tuple[str, str, int], Quarter]:
        """Return the quarter-hours that start in a stretch, by (appliance, plug, start)."""
        kept = self._kept.quarters(start_ms, end_ms) if self._kept and self._watch else []
        stored = self._quarters.quarters(start_ms, end_ms, appliance) if self._quarters else []
        with self._lock:
            waiting = [
                each
                for each in self._unkept.values()
                if start_ms <= each.start_ms < end_ms and appliance in (None, each.appliance)
            ]
        return {
            (each.appliance, each.plug, each.start_ms): each for each in (*kept, *stored, *waiting)
        }

    @property
    def derived(self) -> Quarters:
        """What is kept of the figures, for questions; raises StoreError where it cannot be."""
        if self._quarters is None:
            raise StoreError(self._trouble.get("derived", "the derived figures are missing"))
        return self._quarters

    def unkept(self) -> tuple[list[Quarter], list[minutes.PackedHour]]:
        """Return the quarter-hours and hours of minutes that still wait for the disk."""
        with self._lock:
            return list(self._unkept.values()), list(self._unkept_hours)

    def runs(self, start_ms: int, end_ms: int) -> dict[str, Run]:
        """Return the finished runs that touch a stretch, by id."""
        kept = self._kept.runs(start_ms, end_ms) if self._kept and self._watch else []
        stored = self._quarters.runs(start_ms, end_ms) if self._quarters else []
        with self._lock:
            waiting = [run for run in self._unkept_runs.values() if run.start_ms < end_ms]
        return {run.id: run for run in (*kept, *stored, *waiting)}

    def close(self) -> None:
        """Let go of the files."""
        if self._record is not None:
            self._record.close()
        for log in (self._log, self._corrections, self._kept):
            if log is not None:
                log.close()
        if self._quarters is not None:
            self._quarters.close()

    def _open_quarters(self) -> Quarters | None:
        try:
            self._quarters = Quarters(
                self._home.quarters, read_only=self._watch, maker=self._maker
            )
        except StoreError as error:
            self._say("derived", str(error))
        return self._quarters

    def _open_log(self) -> EventLog | None:
        if not self._watch:
            try:
                self._log = EventLog(self._home.events)
            except StoreError as error:
                self._say("events", str(error))
            else:
                self._say("events", None)
        return self._log

    def _say(self, what: str, text: str | None) -> None:
        with self._lock:
            if text is None:
                self._trouble.pop(what, None)
            else:
                self._trouble[what] = text
