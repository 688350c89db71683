"""Who follows the appliances of a flat: one tracker each, and what people taught it."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from flatwatt.appliance.happenings import Happening
from flatwatt.appliance.marks import marked
from flatwatt.appliance.minutes import Minutes, MinutesState
from flatwatt.appliance.phases import Phase
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.tracker import Tracker, TrackerState
from flatwatt.config import Config
from flatwatt.correcting import Correcting
from flatwatt.model import Counter, Reading, Run
from flatwatt.store.quarters import Quarter


class Remembered(Struct):
    """Everything that is remembered."""

    trackers: dict[str, TrackerState]
    minutes: MinutesState


class Tracking:
    """The trackers of a flat.

    Args:
        config: kinds.
        counters: plug family -> what its energy counter does.
        correcting: what people said.

    Attributes:
        trackers: by appliance, of those that were heard.
        minutes: the last weeks of all of them, minute by minute.
    """

    def __init__(
        self, config: Config, counters: Mapping[str, Counter], correcting: Correcting
    ) -> None:
        self.trackers = correcting.trackers
        self.minutes = Minutes()
        self._config = config
        self._counters = counters
        self._correcting = correcting

    def begin(self, id_: str, state: TrackerState | None = None) -> Tracker:
        """Follow an appliance, from a state if there is one."""
        told = state.lessons.kind if state else self._correcting.kind(id_, 0)
        kind = told if told in PROFILES else self._configured(id_)
        tracker = self.trackers[id_] = Tracker(id_, PROFILES[kind], self._counters, state)
        tracker.state.lessons.kind = told
        if not tracker.profile.makes_runs:  # a run of what it was taken for before has no end
            tracker.state.detector.phase = Phase.REST
        return tracker

    def feed(self, tracker: Tracker, reading: Reading) -> tuple[Happening, ...]:
        """Let a tracker take a reading, and the minutes what it booked."""
        before_mwh, last = tracker.total_mwh, tracker.last
        told = tracker.feed(reading)
        before_ms = None if last is None else last.at_ms
        self.minutes.note(reading, tracker.total_mwh - before_mwh, before_ms)
        return told

    def last(self, id_: str) -> Reading | None:
        """Return an appliance's newest reading."""
        tracker = self.trackers.get(id_)
        return None if tracker is None else tracker.last

    def checked(self, readings: Sequence[Reading], *, stepped: bool) -> list[Reading]:
        """Return readings with the flags that what was heard before gives them.

        Args:
            readings: in the order they were heard.
            stepped: the collector's clock was set before the first of them.
        """
        heard: dict[str, Reading] = {}
        found: list[Reading] = []
        for reading in readings:
            last = heard.get(reading.appliance) or self.last(reading.appliance)
            heard_ms = last.at_ms if last is not None and last.plug == reading.plug else None
            found.append(marked(reading, heard_ms, stepped=stepped and not found))
            heard[reading.appliance] = found[-1]
        return found

    def kind(self, id_: str) -> str:
        """Return the kind an appliance is taken for."""
        tracker = self.trackers.get(id_)
        return self._configured(id_) if tracker is None else tracker.profile.kind

    def _configured(self, id_: str) -> str:
        plug = self._config.plugs.get(id_)
        return plug.appliance if plug else "other"

    def programmed(self, runs: Sequence[Run]) -> list[Run]:
        """Return runs with the programmes that were found for them later, or once more."""
        known = {
            each.id: each.programme
            for id_ in {run.appliance for run in runs if not run.programme}
            if id_ in self.trackers
            for each in self.trackers[id_].programmes.runs
        }
        return [
            replace(run, programme=known[run.id]) if not run.programme and run.id in known else run
            for run in runs
        ]

    def restore(self, state: bytes) -> None:
        """Go on from what `packed` gave; raises msgspec.MsgspecError."""
        saved = msgspec.msgpack.decode(state, type=Remembered)
        self.minutes = Minutes(saved.minutes)
        for id_, each in saved.trackers.items():
            self.begin(id_, each)

    def packed(self) -> bytes:
        """Return everything that is remembered."""
        states = {id_: tracker.state for id_, tracker in self.trackers.items()}
        return msgspec.msgpack.encode(Remembered(states, self.minutes.state))

    def quarters(self, *, dirty_only: bool) -> list[Quarter]:
        """Return the quarter-hours in memory, or those that changed since they were last asked."""
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
            for id_, tracker in self.trackers.items()
            for plug, start_ms, quarter in (tracker.dirty() if dirty_only else tracker.quarters())
        ]

    def take_in(self) -> bool:
        """Learn from corrections that were made meanwhile; return whether there were any."""
        new = self._correcting.take_in()
        self.settle()
        return new

    def settle(self) -> None:
        """Take in what is due at the newest readings."""
        for id_ in [*self._correcting.due_ms]:
            last = self.last(id_)
            if last is not None:
                self.teach(id_, last.at_ms + 1)

    def teach(self, id_: str, before_ms: int) -> None:
        """Take in what is due before a reading of that time; the tracker is another one then."""
        tracker = self.trackers.get(id_)
        if tracker is not None:
            self._correcting.teach(tracker, before_ms)
            self.begin(id_, tracker.state)
