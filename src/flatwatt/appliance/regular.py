"""Does it come and go by itself, in every three hours of the day and the night?

A compressor with its pauses does, and nothing that a person starts. Inverter compressors that
never stop are not told apart from anything else that is always on.
"""

import math

from msgspec import Struct

from flatwatt.model import QUARTER_MS

QUARTERS = 12
"""Compressors rest for up to two hours when nobody opens the door."""
STOPPED_MW = 12_000
RUNS_MW = 30_000
MOST_MWH = 60_000
"""240 W for a quarter of an hour: a defrosting heater; more is something else."""
DAY = 8
"""So many blocks of three hours are a day and a night."""
RARE = 3.0
"""A busy printer does so by chance for about so many blocks."""
APART = 3.0
"""Warm days, full shelves and defrosting make one block need so much more than another."""


class RegularState(Struct):
    """What is remembered of the hours.

    Attributes:
        blocks: so many blocks of three hours in a row it came and went.
        next_ms: start of the quarter-hour that continues them.
        quarters: of the block being filled.
        ran, stopped: whether it did so in it.
        mwh: energy in it.
        least_mwh, most_mwh: of the blocks in the row.
    """

    blocks: int = 0
    next_ms: int = 0
    quarters: int = 0
    ran: bool = False
    stopped: bool = False
    mwh: int = 0
    least_mwh: int = 0
    most_mwh: int = 0


def seen(
    state: RegularState,
    start_ms: int,
    energy_mwh: int,
    power_min_mw: int | None,
    power_max_mw: int | None,
) -> None:
    """Take a quarter-hour in; a hole or anything strong begins anew."""
    heard = power_min_mw is not None and power_max_mw is not None
    if not heard or energy_mwh > MOST_MWH or start_ms != state.next_ms:
        state.blocks = state.quarters = 0
    state.next_ms = start_ms + QUARTER_MS
    if power_min_mw is None or power_max_mw is None:
        return
    if state.quarters == 0:
        state.ran, state.stopped, state.mwh = False, False, 0
    state.quarters += 1
    state.mwh += energy_mwh
    state.ran |= power_max_mw >= RUNS_MW
    state.stopped |= power_min_mw <= STOPPED_MW
    if state.quarters == QUARTERS:
        _closed(state)


def _closed(state: RegularState) -> None:
    """Count a whole block of three hours, or begin anew."""
    state.quarters = 0
    if not (state.ran and state.stopped):
        state.blocks = 0
        return
    if state.blocks:
        state.least_mwh = min(state.least_mwh, state.mwh)
        state.most_mwh = max(state.most_mwh, state.mwh)
    if not state.blocks or state.most_mwh > APART * state.least_mwh:
        state.blocks, state.least_mwh, state.most_mwh = 0, state.mwh, state.mwh
    state.blocks += 1


def regular(state: RegularState) -> float:
    """Return the probability that it is a refrigerator, by these hours alone.

    Nothing is said in the first half day.
    """
    return 0.0 if state.blocks < DAY // 2 else 1.0 - math.exp(-state.blocks / RARE)
