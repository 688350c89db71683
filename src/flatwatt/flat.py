"""The household: composes the rooms, never computes.

`Flat` walks a reading through record, meter and detector and keeps what follows from
it. The same walk serves the collector, a replay, and another process that only reads
(`watch=True`): what that one sees is what was written down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from flatwatt.appliance.marks import marked
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.tracker import Tracker, TrackerState
from flatwatt.config import Config
from flatwatt.model import Counter, Event, Happening, Reading, Run, Snapshot
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.events import button_event, event_of
from flatwatt.report.now import STALE_MS, appliance_now, flat_now
from flatwatt.report.periods import day_start_ms, local_day
from flatwatt.store.book import Book
from flatwatt.store.home import Home
from flatwatt.store.quarters import Checkpoint, Quarter
from flatwatt.store.readings import BadRow, Position, read

DERIVATION = "4"
"""Changes when the same record would tell another story; older checkpoints are dropped."""

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
    """

    def __init__(
        self, home: Home, config: Config, counters: Mapping[str, Counter], *, watch: bool = False
    ) -> None:
        self.config = config
        self.zone = ZoneInfo(config.flat.timezone)
        self.tariff = FixedTariff(
            [
                Contract(each.valid_from, each.rate_eur_kwh, each.base_fee_eur_month)
                for each in config.tariff
            ],
            self.zone,
        )
        self.plug_troubles: dict[str, str] = {}
        self.stale_ms: dict[str, int] = {}
        self.bad_rows: list[BadRow] = []
        self.listeners: list[Callable[[Event], None]] = []
        self.newest_ms = 0
        self._counters = counters
        self._readings = home.readings
        self._trackers: dict[str, Tracker] = {}
        self._position: Position | None = None
        self._runs: list[Run] = []
        self._watch = watch
        self._book = Book(home, self.zone, watch=watch)
        self._told_until_ms: int | None = None
        self._restore()

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
        heard: dict[str, Reading | None] = {}
        checked: list[Reading] = []
        for reading in readings:
            last = heard.get(reading.appliance) or self._last(reading.appliance)
            heard_ms = last.at_ms if last is not None and last.plug == reading.plug else None
            reading = marked(reading, heard_ms, stepped=stepped)  # noqa: PLW2901 - the same one
            heard[reading.appliance] = reading
            checked.append(reading)
            stepped = False
        self._book.append(checked)
        self._position = self._book.position
        return self._walk(checked)

    def _last(self, appliance: str) -> Reading | None:
        tracker = self._trackers.get(appliance)
        return None if tracker is None else tracker.last

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Walk through what the record says beyond the last position; return the rows.

        Events that come out again have the ids they had: the log keeps one of each. When
        the whole record is walked again, perhaps by a better detector, the past is not
        told a second time.
        """
        rows = 0
        for readings, position in read(
            self._readings, self._position, on_bad=self.bad_rows.append
        ):
            self._walk(readings)
            self._position = position
            rows += len(readings)
            if progress:
                progress(len(readings))
        self._told_until_ms = None
        return rows

    def _walk(self, readings: Sequence[Reading]) -> list[Event]:
        found: list[Event] = []
        trackers = self._trackers
        for reading in readings:
            tracker = trackers.get(reading.appliance)
            if tracker is None:
                tracker = trackers[reading.appliance] = self._tracker(reading.appliance)
            told = tracker.feed(reading)
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

    def _tracker(self, id_: str, state: TrackerState | None = None) -> Tracker:
        plug = self.config.plugs.get(id_)
        return Tracker(id_, PROFILES[plug.appliance if plug else "other"], self._counters, state)

    # --- keeping ------------------------------------------------------------------

    def _restore(self) -> None:
        saved = self._book.checkpoint(DERIVATION)
        if saved is None:
            self._told_until_ms = self._book.newest_event_ms()
            return
        try:
            states = msgspec.msgpack.decode(saved.state, type=dict[str, TrackerState])
        except msgspec.MsgspecError:
            self._book.forget()
            self._told_until_ms = self._book.newest_event_ms()
            return
        self._position = saved.position
        for id_, state in states.items():
            self._trackers[id_] = self._tracker(id_, state)
            if state.last is not None:
                self.newest_ms = max(self.newest_ms, state.last.at_ms)

    def capture(self) -> Pending:
        """Take what changed since the last capture; quick, for the event loop."""
        quarters = self._kept(dirty_only=True)
        today_ms = day_start_ms(local_day(self.newest_ms, self.zone), self.zone)
        for tracker in self._trackers.values():
            tracker.forget(today_ms)
        runs, self._runs = self._runs, []
        return Pending(quarters, runs, self._checkpoint())

    def _kept(self, *, dirty_only: bool) -> list[Quarter]:
        return [
            Quarter(
                appliance=id_,
                plug=plug,
                start_ms=start_ms,
                energy_mwh=quarter.energy_mwh,
                power_min_mw=quarter.power_min_mw,
                power_max_mw=quarter.power_max_mw,
                readings=quarter.readings,
                missing_ms=quarter.missing_ms,
                flags=quarter.flags,
            )
            for id_, tracker in self._trackers.items()
            for plug, start_ms, quarter in (tracker.dirty() if dirty_only else tracker.quarters())
        ]

    def _checkpoint(self) -> Checkpoint | None:
        """Return the state to go on from; None while rows or events wait for the disk."""
        if self._position is None or self._book.behind:
            return None
        states = {id_: tracker.state for id_, tracker in self._trackers.items()}
        return Checkpoint(DERIVATION, self._position, msgspec.msgpack.encode(states))

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
                kind=plug.appliance,
                prices=self.tariff,
                zone=self.zone,
                now_ms=now_ms,
                trouble=self.plug_troubles.get(id_),
                stale_ms=self.stale_ms.get(id_, STALE_MS),
            )
            for id_, plug in self.config.plugs.items()
        ]
        name = self.config.flat.name
        return flat_now(
            name, appliances, self.tariff, now_ms, self.store_troubles(), self.stale_ms
        )

    def store_troubles(self) -> list[str]:
        """Return what a person should look at in the files."""
        found = self._book.troubles()
        if self.bad_rows:
            found.append(f"{len(self.bad_rows)} damaged rows in the record: {self.bad_rows[0]}")
        return found

    def quarters(self, start_ms: int, end_ms: int) -> list[Quarter]:
        """Return the quarter-hours of a stretch, the newest included."""
        stored = self._book.quarters(start_ms, end_ms)
        for each in self._kept(dirty_only=False):
            if start_ms <= each.start_ms < end_ms:
                stored[each.appliance, each.plug, each.start_ms] = each
        return [stored[key] for key in sorted(stored)]

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that touch a stretch, oldest first, the one going on included."""
        going_on = [tracker.run_now() for tracker in self._trackers.values()]
        found = self._book.runs(start_ms, end_ms)
        for run in [*self._runs, *filter(None, going_on)]:
            if run.start_ms < end_ms and (run.end_ms is None or run.end_ms >= start_ms):
                found[run.id] = run
        return sorted(found.values(), key=lambda run: (run.start_ms, run.id))
