"""Will it go on? How long to wait in a quiet, from what the appliance's own runs did.

How long it has been quiet says little: a washing machine soaks for minutes in its first half
and is done at once after its spin; a dishwasher is silent for up to an hour before its last
pump stroke. But programmes repeat. Every quiet of past runs is kept with where in the run it
came: minutes and energy since the start and the longest quiet before it (a dishwasher that has
dried is done, one at the same minute that has not will dry), and with what came of it: so many
seconds until it went on, or the end. At a new quiet its neighbours in that space decide.

- One went on: wait for the longest of them and a margin.
- Several ended, none went on: wait just long enough to be sure that it is quiet.
- Too few: wait for the longest pause known of its kind.

A neighbour that warns may lie further away than one that allows. So what is not known makes
an announcement late, hardly ever early. Printers and dryers do not repeat, but a bed pulses
and a drum turns at a steady pace: the longest pause of the recent runs and this one, half as
much again, must pass.
"""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from flatwatt.appliance.profiles import Profile

ENDED = -1
RUNS = 24
"""So many runs are remembered, so many quiets of each."""
QUIETS = 48
SURE_MS = 40_000
STEPS = 1.75
"""A quiet is sure after this time, and when the second reading after its first agrees."""
MARGIN = 1.25
MARGIN_MS = 30_000
FOUND_S = 15
"""A quiet shorter than this is no news anywhere."""
SPREAD_S = 60
"""Two quiets are never told apart by less than this."""
RELOAD_S = 120
ALIKE = (0.75, 0.5)
"""Nobody reloads a machine faster; two such halves, in time and energy, are two runs."""
DRIED_S = 600
"""After a pause of this length the next is not longer."""
WARNS = (0.15, 0.50, 0.60)
ALLOWS = (0.06, 0.35, 0.40)
"""Relative distance in time, energy and longest quiet up to which one is a neighbour: a
programme keeps its minutes well, its energy only as well as laundry and water are the same."""


class Quiet(Struct, array_like=True, gc=False):
    """A quiet of a run.

    Attributes:
        elapsed_s, energy_mwh: since the run's start.
        longest_s: the longest quiet before it in the same run.
        length_s: until it went on, or ENDED.
    """

    elapsed_s: int
    energy_mwh: int
    longest_s: int
    length_s: int = ENDED


Memory: TypeAlias = list[list[Quiet]]


def near(one: Quiet, other: Quiet, reach: tuple[float, float, float], least_s: float) -> bool:
    """Whether the second lies where the first does."""
    in_time, in_energy, in_longest = reach
    if abs(one.elapsed_s - other.elapsed_s) > max(least_s, in_time * one.elapsed_s):
        return False
    if abs(one.energy_mwh - other.energy_mwh) > max(2000, in_energy * one.energy_mwh):
        return False
    off_s = abs(one.longest_s - other.longest_s)
    return off_s <= max(least_s, in_longest * max(one.longest_s, other.longest_s))


def remembered(quiets: list[Quiet], quiet: Quiet) -> None:
    """Keep a quiet of the run going on: within five minutes the longest, at most QUIETS."""
    last = quiets[-1] if quiets else None
    if last is not None and quiet.elapsed_s // 300 == last.elapsed_s // 300:
        if quiet.length_s >= last.length_s:
            quiets[-1] = quiet
    else:
        quiets.append(quiet)
        if len(quiets) > QUIETS:
            quiets.remove(min(quiets, key=lambda each: each.length_s))


def learned(memory: Memory, quiets: list[Quiet], end: Quiet) -> None:
    """Keep a finished run's quiets; a machine that was reloaded ran twice."""
    between = next((each for each in quiets if _reloaded(each, end)), None)
    if between is None:
        memory.append([*quiets, end])
    else:
        place = quiets.index(between)
        after = [_since(between, each) for each in (*quiets[place + 1 :], end)]
        memory.append([*quiets[:place], replace(between, length_s=ENDED)])
        memory.append(after)
    del memory[:-RUNS]


def _reloaded(between: Quiet, end: Quiet) -> bool:
    """Whether what came after a quiet is as long as what came before, and drew as much."""
    if between.length_s < RELOAD_S:
        return False
    second = _since(between, end)
    times = sorted((between.elapsed_s, second.elapsed_s))
    energies = sorted((between.energy_mwh, second.energy_mwh))
    return times[0] >= ALIKE[0] * times[1] and energies[0] >= ALIKE[1] * energies[1]


def _since(between: Quiet, quiet: Quiet) -> Quiet:
    """Return where a later quiet is in the second of two runs."""
    elapsed_s = quiet.elapsed_s - between.elapsed_s - between.length_s
    longest_s = quiet.longest_s if quiet.longest_s > between.length_s else 0
    return Quiet(elapsed_s, quiet.energy_mwh - between.energy_mwh, longest_s, quiet.length_s)


def wait_ms(
    profile: Profile, memory: Memory, quiets: list[Quiet], now: Quiet, step_ms: float
) -> int:
    """Return how long this quiet must last before the run is over.

    Args:
        profile: its kind.
        memory: past runs.
        quiets: of the run going on.
        now: the quiet, its length not known.
        step_ms: usual time between two readings.
    """
    sure_ms = max(SURE_MS, round(STEPS * step_ms))
    longest_ms = max(sure_ms, round(profile.min_off_s * 1000))
    if not profile.repeats:
        return _by_pace(memory, quiets, sure_ms, longest_ms)
    if now.longest_s >= DRIED_S:
        longest_ms = min(longest_ms, _beyond(now.longest_s))
    warns_ms, ends = 0, 0
    for past in _all(memory):
        if past.length_s == ENDED:
            ends += near(now, past, ALLOWS, SPREAD_S)
        elif near(now, past, WARNS, 2 * SPREAD_S):
            warns_ms = max(warns_ms, _beyond(past.length_s))
    if ends < profile.min_ends:
        return max(longest_ms, min(warns_ms, 2 * longest_ms))
    return max(sure_ms, warns_ms)


def _all(memory: Memory) -> Iterator[Quiet]:
    for quiets in memory:
        yield from quiets


def _beyond(length_s: int) -> int:
    return round(length_s * 1000 * MARGIN) + MARGIN_MS


def _by_pace(memory: Memory, quiets: list[Quiet], sure_ms: int, longest_ms: int) -> int:
    """Wait for half as much again as the longest pause that was seen lately."""
    if not memory:
        return longest_ms
    pauses = [*quiets, *_all(memory)]
    longest_s = max((each.length_s for each in pauses), default=0)
    return min(longest_ms, max(sure_ms, 1500 * longest_s + 20_000))
