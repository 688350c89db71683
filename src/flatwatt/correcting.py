"""Corrections in the flat: over the list of runs, and into what its detectors remember.

The first needs no more than the corrections in force. The second happens at a definite place:
before an appliance's first reading that is newer than `taken_ms`, once, in the order of their
numbers. Whoever writes the record says where that is; whoever walks it again finds it there.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from flatwatt.appliance.lessons import Taught
from flatwatt.appliance.tracker import Tracker
from flatwatt.correction import (
    FROM_START,
    ON_RUNS,
    Correction,
    Kind,
    in_force,
    kind_in_force,
)
from flatwatt.model import Run
from flatwatt.report.corrected import Outcome, change_of, corrected, reach
from flatwatt.store.book import Book

Runs = Callable[[int, int], list[Run]]
"""Derived runs that touch a stretch of time, in ms."""
ALWAYS_MS = 1 << 53


class Correcting:
    """The corrections of one flat.

    Args:
        book: where they are written down.
        derived: gives the runs that were found.
        kinds_from_start: take the kinds people gave for known from the first reading on.

    Attributes:
        trackers: by appliance, of those that were heard.
        rows: all corrections, undone ones and undoings too.
        due_ms: appliance -> place of the next one that its detector has to take in.
    """

    def __init__(self, book: Book, derived: Runs, *, kinds_from_start: bool = False) -> None:
        self._book = book
        self._derived = derived
        self._kinds_from_start = kinds_from_start
        self._last: dict[str, tuple[tuple[Run, int], Run | None]] = {}
        self.trackers: dict[str, Tracker] = {}
        self.rows: list[Correction] = []
        self.due_ms: dict[str, int] = {}

    def refresh(self) -> None:
        """Look for corrections that were made or taken in by now."""
        rows = self._book.corrections()
        if self._kinds_from_start:
            rows = [_from_start(row) for row in rows]
        if rows == self.rows:
            return
        self.rows = rows
        for appliance in {row.appliance for row in rows}:
            self._next(appliance, _heard(self.trackers.get(appliance)))

    def _next(self, appliance: str, heard: int) -> None:
        self.due_ms.pop(appliance, None)
        for row in self.rows:
            if row.appliance == appliance and row.seq > heard and row.taken_ms is not None:
                self.due_ms[appliance] = row.taken_ms
                return

    def kind(self, appliance: str, heard: int) -> str:
        """Return the kind a person gave an appliance, as far as it was heard; else empty."""
        return kind_in_force(self.rows, appliance, heard)

    def teach(self, tracker: Tracker, before_ms: int) -> None:
        """Let a tracker take in what is due before a reading of that time."""
        while self.due_ms.get(tracker.appliance, before_ms) < before_ms:
            heard = tracker.state.lessons.heard
            row = next(
                row
                for row in self.rows
                if row.appliance == tracker.appliance
                and row.seq > heard
                and row.taken_ms is not None
            )
            tracker.correct(self._taught(row))
            tracker.state.lessons.kind = self.kind(tracker.appliance, row.seq)
            self._next(tracker.appliance, row.seq)

    def _taught(self, row: Correction) -> Taught:
        undoes = None
        if row.kind is Kind.UNDO:
            undoes = next((each for each in self.rows if each.seq == row.payload.undoes), None)
        about = undoes or row
        if about.kind is Kind.FORGET:
            return self._all_of(row, about, undoes)
        if about.kind not in ON_RUNS:
            return Taught(row, undoes=undoes)
        spans = about.payload.runs
        near, start_ms, end_ms = reach(
            [each for each in self.rows if each.appliance == row.appliance],
            min(span.start_ms for span in spans),
            max(span.end_ms for span in spans) + 1,
        )
        rows = sorted({each.seq: each for each in (*near, *self._undoings(row))}.values(),
                      key=lambda each: each.seq)  # fmt: skip
        runs = [run for run in self._derived(start_ms, end_ms) if run.appliance == row.appliance]
        removed, added = change_of(runs, rows, row.seq)
        return Taught(row, removed, added, undoes)

    def _all_of(self, row: Correction, about: Correction, undoes: Correction | None) -> Taught:
        """Return all runs before a forgetting: no more, or there again."""
        known = in_force(self.rows, row.seq)
        runs = [
            run
            for run in corrected(self._derived(0, ALWAYS_MS), known).runs
            if run.appliance == row.appliance
            and run.end_ms is not None
            and run.end_ms <= (about.taken_ms or 0)
        ]
        return Taught(row, added=runs, undoes=undoes) if undoes else Taught(row, removed=runs)

    def _undoings(self, row: Correction) -> list[Correction]:
        undoings = [each for each in self.rows if each.kind is Kind.UNDO]
        return [each for each in undoings if each.appliance == row.appliance]

    def take_in(self) -> bool:
        """Say where new corrections are taken in: at their appliance's newest reading.

        Returns:
            Whether there were any; they are due now.
        """
        self.refresh()
        new = [row for row in self.rows if row.taken_ms is None]
        for row in new:
            tracker = self.trackers.get(row.appliance)
            last = None if tracker is None else tracker.last
            if not self._book.take(row.seq, 0 if last is None else last.at_ms):
                return False
        self.refresh()
        return bool(new)

    # --- the list of runs ---------------------------------------------------------

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that touch a stretch as people see them, oldest first."""
        near, from_ms, until_ms = reach(in_force(self.rows), start_ms, end_ms)
        if not near:
            return self._derived(start_ms, end_ms)
        return [
            run
            for run in self._recognised(corrected(self._derived(from_ms, until_ms), near).runs)
            if run.start_ms < end_ms and (run.end_ms is None or run.end_ms >= start_ms)
        ]

    def _recognised(self, runs: Sequence[Run]) -> list[Run]:
        """Say which programme a run is that a correction made, if that was found out."""
        learned = {
            id_: programme
            for tracker in self.trackers.values()
            for id_, programme in tracker.state.lessons.programmes.items()
        }
        return [
            run if run.programme else replace(run, programme=learned.get(run.id, ""))
            for run in runs
        ]

    def last_run(self, tracker: Tracker | None) -> Run | None:
        """Return an appliance's newest finished run as people see it."""
        found = None if tracker is None else tracker.last_run
        if found is None or found.end_ms is None:
            return found
        mine = [each for each in in_force(self.rows) if each.appliance == found.appliance]
        if not reach(mine, found.start_ms, found.end_ms + 1)[0]:
            return found
        key = (found, self.rows[-1].seq)
        kept = self._last.get(found.appliance)
        if kept is None or kept[0] != key:  # asked each second, changed hardly ever
            kept = self._last[found.appliance] = (key, self._newest(found.appliance, mine))
        return kept[1]

    def _newest(self, appliance: str, mine: Sequence[Correction]) -> Run | None:
        runs = [
            run
            for run in self._recognised(corrected(self._derived(0, ALWAYS_MS), mine).runs)
            if run.appliance == appliance and run.end_ms is not None
        ]
        return runs[-1] if runs else None

    def outcomes(self) -> Mapping[int, Outcome]:
        """Return what became of the corrections on runs that are in force, by number."""
        rows: Sequence[Correction] = in_force(self.rows)
        return corrected(self._derived(0, ALWAYS_MS), rows).outcomes if rows else {}


def _heard(tracker: Tracker | None) -> int:
    return 0 if tracker is None else tracker.state.lessons.heard


def _from_start(row: Correction) -> Correction:
    return replace(row, taken_ms=FROM_START) if row.kind is Kind.KIND else row
