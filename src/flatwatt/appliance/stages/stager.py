"""The stage an appliance is in, and where its stages began."""

from flatwatt.appliance.stages import heaters, printer
from flatwatt.appliance.stages.base import (
    WINDOW_MS,
    HeaterState,
    Mark,
    Marks,
    Piece,
    PrinterState,
    StagerState,
    Window,
)
from flatwatt.appliance.stages.names import NAMERS, marked

KEPT_MS, KEPT = 300_000, 10
"""Windows of so many minutes are at hand, or so many."""

LAST_MS = {printer.HOLDING: 180_000, printer.COLD: 180_000, heaters.QUIET: 60_000}
"""A shorter end of a run is no stage of its own: what told it came after the run."""


class Stager:
    """Follows the stages of one appliance's runs.

    Args:
        kind: the configuration's word; a kind without stages has none.
        state: from a checkpoint.
    """

    def __init__(self, kind: str, state: StagerState | None = None) -> None:
        self.state = state or StagerState()
        self._kind = kind
        self._has_stages = kind in NAMERS

    @property
    def now(self) -> str:
        """The stage at the last reading; "" while not known."""
        return self.state.now

    @property
    def drum_w(self) -> float:
        """What pump or drum usually drew in this run; 0 while not known."""
        return self.state.heater.turned_w

    def begin(self, at_ms: int, power_w: float, total_mwh: int) -> None:
        """Begin with a candidate's first HIGH; what was before is forgotten."""
        state = self.state
        state.at_ms, state.power_w, state.total_mwh = at_ms, power_w, total_mwh
        state.recent, state.pieces, state.now = [], [], ""
        state.heater, state.printer = HeaterState(), PrinterState()
        self._open(at_ms, total_mwh)

    def feed(self, at_ms: int, power_w: float, total_mwh: int) -> bool:
        """Take a reading of the candidate or run in.

        Args:
            at_ms: newer than the one before.
            power_w: held until the next reading.
            total_mwh: the appliance's never-decreasing booked total at that moment.

        Returns:
            Whether `now` is another stage than before.
        """
        state = self.state
        if state.at_ms is None or not self._has_stages:
            return False
        changed = False
        if at_ms - state.at_ms >= WINDOW_MS and state.at_ms > state.start_ms:
            changed = self._close(state.at_ms, state.total_mwh)
        if state.power_w < state.low_w:
            state.low_w = state.power_w
        elif state.power_w > state.high_w:
            state.high_w = state.power_w
        state.at_ms, state.power_w, state.total_mwh = at_ms, power_w, total_mwh
        state.readings += 1
        if at_ms - state.start_ms >= WINDOW_MS:
            changed |= self._close(at_ms, total_mwh)
        return changed

    def marks(self, start_ms: int, start_mwh: int, end_ms: int, end_mwh: int) -> Marks:
        """Return where the stages of a run began, by all that is known of it.

        Args:
            start_ms: of the run; it may be back-dated, as its end.
            start_mwh: the booked total then.
            end_ms: of the run.
            end_mwh: the booked total then.

        Returns:
            In order, the first at the start, all before the end; empty without stages.
        """
        if not self._has_stages:
            return ()
        pieces = [each for each in self.state.pieces if each.at_ms < end_ms]
        while len(pieces) > 1 and end_ms - pieces[-1].at_ms < LAST_MS.get(pieces[-1].what, 0):
            pieces.pop()
        while len(pieces) > 1 and pieces[1].at_ms <= start_ms:
            pieces.pop(0)
        if not pieces:
            return ()
        pieces = [
            Piece(each.what, each.at_ms, max(start_mwh, min(each.mwh, end_mwh))) for each in pieces
        ]
        pieces[0] = Piece(pieces[0].what, start_ms, start_mwh)
        return marked(self._kind, pieces, Piece("", end_ms, end_mwh), over=True)

    def current(self) -> Mark | None:
        """Return where the stage of the last reading began; None while not known."""
        return self._live() if self.state.now else None

    def shift(self, by_ms: int) -> None:
        """Take a step of the clock out of what is going on."""
        state = self.state
        if state.at_ms is None:
            return
        state.at_ms += by_ms
        state.start_ms += by_ms
        for window in state.recent:
            window.start_ms += by_ms
            window.end_ms += by_ms
        for piece in state.pieces:
            piece.at_ms += by_ms
        state.heater.what_ms += by_ms
        if state.heater.left_ms is not None:
            state.heater.left_ms += by_ms
        state.printer.asked_ms += by_ms
        if state.printer.drop_ms is not None:
            state.printer.drop_ms += by_ms

    def _open(self, at_ms: int, total_mwh: int) -> None:
        state = self.state
        state.start_ms, state.start_mwh = at_ms, total_mwh
        state.low_w = state.high_w = state.power_w
        state.readings = 0

    def _close(self, at_ms: int, total_mwh: int) -> bool:
        """Close the open window; True when the stage is another one."""
        state = self.state
        span_ms = at_ms - state.start_ms
        mean_w = (total_mwh - state.start_mwh) * 3600 / span_ms
        window = Window(
            state.start_ms,
            at_ms,
            state.start_mwh,
            mean_w,
            state.low_w,
            state.high_w,
            state.readings,
        )
        recent = state.recent
        recent.append(window)
        while recent[0].end_ms < at_ms - KEPT_MS and len(recent) > KEPT:
            del recent[0]
        self._open(at_ms, total_mwh)
        if self._kind == "printer_3d":
            began = printer.follow(state, window)
        else:
            began = heaters.follow(self._kind, state, window)
        if not began and not self._may_dry():
            return False
        before = state.now
        state.now = self._live().name
        return state.now != before

    def _may_dry(self) -> bool:
        """Whether a silence becomes drying by lasting."""
        state = self.state
        silent = self._kind == "dishwasher" and state.pieces[-1].what == heaters.QUIET
        return silent and state.now != "drying"

    def _live(self) -> Mark:
        state = self.state
        end = Piece("", state.start_ms, state.start_mwh)
        return marked(self._kind, state.pieces, end, over=False)[-1]
