"""What a stager remembers: windows of power, and pieces of a run in which it stayed alike.

Readings come every second, every minute or on change only. A window is what was drawn between
two readings about ten seconds apart, or one reading that held for longer, so from here on the
pace hardly matters. Its mean is that of the booked total, which a bed that switches between two
readings does not deceive.
"""

from itertools import pairwise
from statistics import median
from typing import TypeAlias

from msgspec import Struct, field

WINDOW_MS = 10_000
PIECES = 96
"""A run is kept in so many pieces at most; the shortest is given up first."""


class Mark(Struct, frozen=True):
    """A stage begins: its name, when, and the booked total then."""

    name: str
    at_ms: int
    total_mwh: int


Marks: TypeAlias = tuple[Mark, ...]


class Window(Struct, array_like=True, gc=False):
    """What was drawn in about ten seconds, or between two readings that are further apart.

    Attributes:
        start_ms, end_ms: between two readings.
        start_mwh: booked total at its start.
        mean_w: by the booked total.
        low_w, high_w: of the readings that held in it.
        readings: how many these were.
    """

    start_ms: int
    end_ms: int
    start_mwh: int
    mean_w: float
    low_w: float
    high_w: float
    readings: int = 1


class Piece(Struct, array_like=True, gc=False):
    """From `at_ms` on, with the booked total at `mwh`, it did `what`."""

    what: str
    at_ms: int
    mwh: int


class HeaterState(Struct):
    """What is known of an appliance with a big heater in this run.

    Attributes:
        top_w: highest power kept up for two windows.
        turned_ms: time without heater since it was last on.
        turned_w, stroke_w: usual mean and highest power of the windows without heater and spin.
        what, what_ms, what_mwh: of the piece that may have begun; "" when none.
        left_ms, left_mwh: since when it is no longer what the last piece says; None while it is.
        longest_ms: longest pause of the heater that ended.
    """

    top_w: float = 0.0
    turned_ms: int = 0
    turned_w: float = 0.0
    stroke_w: float = 0.0
    what: str = ""
    what_ms: int = 0
    what_mwh: int = 0
    left_ms: int | None = None
    left_mwh: int = 0
    longest_ms: int = 0


class PrinterState(Struct):
    """What is known of a print.

    Attributes:
        top_w: highest power kept up for two windows.
        pulses: how often the bed has switched on again since the heaters ceased.
        pulsing: whether it is on.
        base_w: what is drawn between two pulses before the nozzle is hot.
        drop_ms, drop_mwh: when less than that was drawn; None before.
        asked_ms: when it was last asked whether it prints.
        work_w, uneven: usual power of the print, and its usual `spread` in three minutes.
        pace_ms: how short its windows were lately.
        least_w, most_w, widest: their extremes since it seems to print.
        hold_w, hold_uneven: of a pause; None while it is too short to tell.
    """

    top_w: float = 0.0
    pulses: int = 0
    pulsing: bool = False
    base_w: float = 0.0
    drop_ms: int | None = None
    drop_mwh: int = 0
    asked_ms: int = 0
    work_w: float = 0.0
    uneven: float = 0.0
    pace_ms: float = 0.0
    least_w: float = 0.0
    most_w: float = 0.0
    widest: float = 0.0
    hold_w: float = 0.0
    hold_uneven: float | None = None


class StagerState(Struct):
    """What a stager remembers of the run going on; a few kilobytes at most.

    Attributes:
        at_ms: last reading; None before the first.
        power_w, total_mwh: what it said, held since then, and the booked total.
        start_ms, start_mwh, low_w, high_w, readings: of the window that is open.
        recent: the windows of the last minutes.
        pieces: of the run, in order.
        heater, printer: what else is known, by kind.
        now: the stage at the last reading.
    """

    at_ms: int | None = None
    power_w: float = 0.0
    total_mwh: int = 0
    start_ms: int = 0
    start_mwh: int = 0
    low_w: float = 0.0
    high_w: float = 0.0
    readings: int = 0
    recent: list[Window] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    heater: HeaterState = field(default_factory=HeaterState)
    printer: PrinterState = field(default_factory=PrinterState)
    now: str = ""


def since(recent: list[Window], span_ms: int) -> list[Window]:
    """Return the newest windows that together last `span_ms`; none when all are shorter."""
    from_ms = recent[-1].end_ms - span_ms
    for index in range(len(recent) - 1, -1, -1):
        if recent[index].start_ms <= from_ms:
            return recent[index:]
    return []


def roughness(powers: list[float]) -> float:
    """Return how much power usually varies from window to window, as a share of it."""
    steps = [abs(power - before) for before, power in pairwise(powers)]
    return median(steps) / max(1.0, median(powers)) if steps else 0.0


def spread(powers: list[float]) -> float:
    """Return how far the middle half of powers is apart, as a share of their median."""
    ordered, quarter = sorted(powers), len(powers) // 4
    middle = ordered[len(ordered) // 2]
    return (ordered[-1 - quarter] - ordered[quarter]) / max(1.0, middle)


def mean_w(windows: list[Window]) -> float:
    """Return the mean power of windows that follow one another."""
    energy = sum(each.mean_w * (each.end_ms - each.start_ms) for each in windows)
    return energy / (windows[-1].end_ms - windows[0].start_ms)


def add(pieces: list[Piece], what: str, at_ms: int, mwh: int) -> None:
    """Let a piece begin, back-dated as far as the start of the last one at most."""
    last = pieces[-1] if pieces else None
    if last is not None and at_ms <= last.at_ms:
        last.what = what
        if len(pieces) > 1 and pieces[-2].what == what:
            pieces.pop()
        return
    if last is None or last.what != what:
        pieces.append(Piece(what, at_ms, mwh))
    if len(pieces) > PIECES:
        _give_up(pieces)


def _give_up(pieces: list[Piece]) -> None:
    """Take the shortest piece within the run for a part of the one before it."""
    inner = range(1, len(pieces) - 1)
    index = min(inner, key=lambda each: pieces[each + 1].at_ms - pieces[each].at_ms)
    del pieces[index]
    if pieces[index].what == pieces[index - 1].what:
        del pieces[index]
