"""The household: composes the rooms, never computes.

`Flat` walks a reading through record, meter and detector and keeps what follows from
it. The same walk serves the collector, a replay, and another process that only reads
(`watch=True`): what that one sees is what was written down.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from flatwatt.appliance.happenings import Happening
from flatwatt.appliance.tracker import Tracker
from flatwatt.charting import Charts
from flatwatt.config import Config
from flatwatt.correcting import Correcting
from flatwatt.correction import Correction, Draft
from flatwatt.looking import DERIVATION, page_of, tariff_of
from flatwatt.model import Counter, Event, Reading, Run, Snapshot
from flatwatt.report.calendar import Calendar
from flatwatt.report.events import button_event, event_of
from flatwatt.report.now import STALE_MS, appliance_now, flat_now
from flatwatt.report.periods import Period, day_start_ms, local_day
from flatwatt.store.asking import Page
from flatwatt.store.book import Book
from flatwatt.store.files import order
from flatwatt.store.home import Home
from flatwatt.store.quarters import Checkpoint, Quarter
from flatwatt.store.readings import BadRow, Position, read, read_days
from flatwatt.tracking import Tracking

LASTING = ("finished", "emptied")
"""What changes a run that is kept."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What `Flat.capture` took, for `Flat.persist` to write."""

    quarters: list[Quarter]
    runs: list[Run]
    checkpoint: Checkpoint | None


class Flat:
    """A flat of appliances.

    Args:
        home: where the files are.
        config: names, kinds and prices.
        counters: plug family -> what its energy counter does.
        watch: only read; write nothing.
        kinds_from_start: take the kinds that people gave for known from the first reading on.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        counters: Mapping[str, Counter],
        *,
        watch: bool = False,
        kinds_from_start: bool = False,
    ) -> None:
        self.config = config
        self.zone = ZoneInfo(config.flat.timezone)
        self.tariff = tariff_of(config, self.zone)
        self._calendar = Calendar(self.zone, self.tariff)
        self.plug_troubles: dict[str, str] = {}
        self.room_trouble: str | None = None
        self.stale_ms: dict[str, int] = {}
        self.bad_rows: list[BadRow] = []
        self.listeners: list[Callable[[Event], None]] = []
        self.newest_ms = 0
        self.home = home
        self._position: Position | None = None
        self._runs: list[Run] = []
        self._watch = watch
        self._book = Book(home, self.zone, watch=watch, maker=self._calendar)
        self._told_until_ms: int | None = None
        of_start = kinds_from_start
        self.correcting = Correcting(self._book, self.found_runs, kinds_from_start=of_start)
        self._tracking = Tracking(config, counters, self.correcting)
        self._trackers = self._tracking.trackers
        self.charts = Charts(self._book, self._tracking, self._calendar)
        self._restore()
        self.correcting.refresh()

    def close(self) -> None:
        """Write what is pending and let go of the files."""
        if not self._watch:
            self.persist(self.capture())
        self._book.close()

    # --- the walk -----------------------------------------------------------------

    def feed(self, readings: Sequence[Reading], *, stepped: bool = False) -> list[Event]:
        """Write readings down and walk through them.

        Args:
            readings: in the order they were heard.
            stepped: the collector's clock was set since this plug's reading before.

        Returns:
            New events, already durable in the log.
        """
        checked = self._tracking.checked(readings, stepped=stepped)
        self._book.append(checked)
        self._position = self._book.position
        return self._walk(checked)

    def catch_up(
        self, progress: Callable[[int], None] | None = None, last: date | None = None
    ) -> int:
        """Walk through what the record says beyond the last position; return the rows.

        Events that come out again have the ids they had: the log keeps one of each. When
        the whole record is walked again, perhaps by a better detector, the past is not
        told a second time. With `last` it stops at the end of that day's file.
        """
        rows, stop = 0, "9999" if last is None else last.isoformat()
        self.correcting.refresh()
        for readings, position in read(
            self.home.readings, self._position, on_bad=self.bad_rows.append
        ):
            if order(position.file)[0] > stop:
                break
            self._walk(readings)
            self._position = position
            rows += len(readings)
            if progress:
                progress(len(readings))
        self._told_until_ms = None
        self._tracking.settle()
        return rows

    def _walk(self, readings: Sequence[Reading]) -> list[Event]:
        found: list[Event] = []
        trackers, due_ms = self._trackers, self.correcting.due_ms
        for reading in readings:
            if due_ms and reading.at_ms > due_ms.get(reading.appliance, reading.at_ms):
                self._tracking.teach(reading.appliance, reading.at_ms)
            tracker = trackers.get(reading.appliance)
            if tracker is None:
                tracker = self._tracking.begin(reading.appliance)
            told = self._tracking.feed(tracker, reading)
            if told:
                self._runs.extend(each.run for each in told if each.kind in LASTING)
                found.extend(self._untold(told))
        if readings:
            self.newest_ms = max(self.newest_ms, readings[-1].at_ms)
        return self._tell(found) if found or self._book.behind else found

    def _untold(self, told: Sequence[Happening]) -> list[Event]:
        events = [event_of(each, self.tariff) for each in told]
        until_ms = self._told_until_ms
        return [event for event in events if until_ms is None or event.at_ms > until_ms]

    def _tell(self, events: list[Event]) -> list[Event]:
        new = self._book.tell(events, self.config.flat.name)
        for event in new:
            for listener in self.listeners:
                listener(event)
        return new

    def tell_button(self, button: str, action: str, at_ms: int) -> None:
        """Tell that a button of a display was pressed, released or held."""
        self._tell([button_event(button, action, at_ms)])

    # --- correcting ---------------------------------------------------------------

    def correct(self, draft: Draft, made_ms: int) -> Correction:
        """Write a correction down and learn from it at once.

        Raises:
            StoreError: it cannot be written.
            UsageError: it undoes one that is none.
        """
        made = self._book.correct(draft, made_ms)
        self.take_in()
        return made

    def take_in(self) -> bool:
        """Learn from corrections that were made meanwhile, here or by another process."""
        return self._tracking.take_in()

    # --- keeping ------------------------------------------------------------------

    def _restore(self) -> None:
        saved = self._book.checkpoint(DERIVATION)
        try:
            if saved is not None:
                self._tracking.restore(saved.state)
        except msgspec.MsgspecError:
            self._book.forget()
            saved = None
        if saved is None or self._book.anew:
            self._told_until_ms = self._book.newest_event_ms()
        if saved is None:
            return
        self._position = saved.position
        newest = [tracker.last.at_ms for tracker in self._trackers.values() if tracker.last]
        self.newest_ms = max(newest, default=0)

    def capture(self) -> Pending:
        """Take what changed since the last capture; quick, for the event loop."""
        quarters = self._tracking.quarters(dirty_only=True)
        today_ms = day_start_ms(local_day(self.newest_ms, self.zone), self.zone)
        for tracker in self._trackers.values():
            tracker.forget(today_ms)
        runs, self._runs = self._runs, []
        return Pending(quarters, runs, self._checkpoint())

    def _checkpoint(self) -> Checkpoint | None:
        """Return the state to go on from; None while rows or events wait for the disk."""
        if self._position is None or self._book.behind:
            return None
        hours = tuple(self._tracking.minutes.over())
        return Checkpoint(DERIVATION, self._position, self._tracking.packed(), hours)

    def persist(self, pending: Pending) -> None:
        """Force the record to the disk, then keep what was derived; for a worker thread."""
        self._book.keep(pending.quarters, pending.runs, pending.checkpoint)

    # --- answers ------------------------------------------------------------------

    def snapshot(self, now_ms: int) -> Snapshot:
        """Return the flat at a moment."""
        appliances = [
            appliance_now(
                self._trackers.get(id_),
                id_=id_,
                name=plug.name or id_,
                kind=self.kind(id_),
                last_run=self.correcting.last_run(self._trackers.get(id_)),
                prices=self.tariff,
                zone=self.zone,
                now_ms=now_ms,
                trouble=self.plug_troubles.get(id_),
                stale_ms=self.stale_ms.get(id_, STALE_MS),
            )
            for id_, plug in self.config.plugs.items()
        ]
        name = self.config.flat.name
        troubles = [*self.store_troubles(), *filter(None, [self.room_trouble])]
        return flat_now(name, appliances, self.tariff, now_ms, troubles, self.stale_ms)

    def store_troubles(self, *, rows: bool = True) -> list[str]:
        """Return what a person should look at in the files, damaged `rows` too."""
        found = self._book.troubles()
        if rows and self.bad_rows:
            found.append(f"{len(self.bad_rows)} damaged rows in the record: {self.bad_rows[0]}")
        return found

    def quarters(self, start_ms: int, end_ms: int) -> list[Quarter]:
        """Return the quarter-hours of a stretch, the newest included."""
        stored = self._book.quarters(start_ms, end_ms)
        for each in self._tracking.quarters(dirty_only=False):
            if start_ms <= each.start_ms < end_ms:
                stored[each.appliance, each.plug, each.start_ms] = each
        return [stored[key] for key in sorted(stored)]

    def page(self, period: Period) -> Page:
        """Return a period's days, the newest quarter-hours included; raises StoreError."""
        return page_of(
            self._book, self._calendar, period, self._tracking.quarters(dirty_only=False)
        )

    def readings(self, start_ms: int, end_ms: int) -> Iterator[Reading]:
        """Yield what the record says of a stretch, both ends included; raises StoreError."""
        first, last = (local_day(at_ms, self.zone) for at_ms in (start_ms, end_ms))
        for rows in read_days(self.home.readings, first, last):
            yield from (row for row in rows if start_ms <= row.at_ms <= end_ms)

    def tracker(self, id_: str) -> Tracker | None:
        """Return who follows an appliance; None when nothing was heard of it."""
        return self._trackers.get(id_)

    def kind(self, id_: str) -> str:
        """Return the kind an appliance is taken for."""
        return self._tracking.kind(id_)

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that touch a stretch as people corrected them, oldest first.

        The one going on is included.
        """
        return self._tracking.programmed(self.correcting.runs(start_ms, end_ms))

    def found_runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that were found, whatever people said; as `runs`."""
        going_on = [tracker.run_now() for tracker in self._trackers.values()]
        found = self._book.runs(start_ms, end_ms)
        for run in [*self._runs, *filter(None, going_on)]:
            if run.start_ms < end_ms and (run.end_ms is None or run.end_ms >= start_ms):
                found[run.id] = run
        return sorted(found.values(), key=lambda run: (run.start_ms, run.id))
