"""What an appliance's own quiets did: the memory behind "will it go on?".

How long it has been quiet says little: a washing machine soaks for minutes in its first half
and is done at once after its spin; a dishwasher is silent for up to an hour before its last
pump stroke. But programmes repeat. Every quiet of past runs is kept with where in the run it
came (`Quiet`) and with what came of it: so many seconds until it went on, or the end.
`verdict` weighs them when the next quiet begins.
"""

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

ENDED = -1
NEVER = -1
"""Of `heat_s`: it has not heated."""
RUNS = 24
"""So many runs are remembered, so many quiets of each."""
QUIETS = 48
FOUND_S = 15
"""A quiet shorter than this is no news anywhere."""
BREAK_S = 60
"""A quiet of this length parts two strokes of work."""
HEATS_W = 1000.0
"""Only the heating element of a machine with water or air in it draws so much."""
RELOAD_S = 120
ALIKE = (0.75, 0.5)
"""Nobody reloads a machine faster; two such halves, in time and energy, are two runs."""
MENDED_S = 1800
MENDS = 3
LIKE = 0.12
"""So much may two runs of one programme differ in time and energy."""
DRIED_S = 600
"""After a pause of this length the next is not longer."""


class Quiet(Struct, array_like=True, gc=False):
    """A quiet of a run.

    Attributes:
        elapsed_s, energy_mwh: since the run's start.
        longest_s: the longest quiet before it in the same run.
        length_s: until it went on, or ENDED.
        heat_s: since it last heated, or NEVER.
        stroke_s: how long it had worked since the last quiet of BREAK_S.
    """

    elapsed_s: int
    energy_mwh: int
    longest_s: int
    length_s: int = ENDED
    heat_s: int = NEVER
    stroke_s: int = 0


class Past(Struct, array_like=True):
    """A finished run's quiets, its end the last of them.

    Attributes:
        start_ms: of the run.
        quiets: in order.
    """

    start_ms: int
    quiets: list[Quiet]

    @property
    def end(self) -> Quiet:
        """The quiet that was its end."""
        return self.quiets[-1]

    @property
    def end_ms(self) -> int:
        """When it ended."""
        return self.start_ms + self.end.elapsed_s * 1000


Memory: TypeAlias = list[Past]


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


def learned(memory: Memory, past: Past, *, repeats: bool) -> None:
    """Keep a finished run's quiets.

    Where runs repeat, a machine that was reloaded is seen to have run twice, and one that was
    called done in the middle of its programme to have run once.
    """
    between = None
    if repeats:
        between = next((each for each in past.quiets if _reloaded(each, past.end)), None)
    memory.extend((past,) if between is None else parted(past, between))
    if repeats:
        _mended(memory)
    del memory[:-RUNS]


def _mended(memory: Memory) -> None:
    """Take the newest two runs for one if only together they are like a run of before."""
    if len(memory) < MENDS:
        return
    first, second = memory[-2:]
    gap_s = (second.start_ms - first.end_ms) // 1000
    if not 0 < gap_s <= MENDED_S:
        return
    whole = joined(first, second)
    before = [past.end for past in memory[:-2]]
    if any(_like(end, whole.end) for end in before) and not any(
        _like(end, each.end) for end in before for each in (first, second)
    ):
        memory[-2:] = [whole]


def _like(one: Quiet, other: Quiet) -> bool:
    """Whether two ends are of runs of one programme."""
    return abs(one.elapsed_s - other.elapsed_s) <= LIKE * max(
        one.elapsed_s, other.elapsed_s
    ) and abs(one.energy_mwh - other.energy_mwh) <= LIKE * max(one.energy_mwh, other.energy_mwh)


def joined(first: Past, second: Past) -> Past:
    """Return two runs as the one they were; the end of the first becomes a pause."""
    end = first.end
    gap_s = (second.start_ms - first.end_ms) // 1000
    offset_s = end.elapsed_s + gap_s
    longest_s = max(end.longest_s, gap_s)
    later = [
        Quiet(
            each.elapsed_s + offset_s,
            each.energy_mwh + end.energy_mwh,
            max(each.longest_s, longest_s),
            each.length_s,
            _heat_s(each, end, gap_s),
            each.stroke_s,
        )
        for each in second.quiets
    ]
    return Past(first.start_ms, [*first.quiets[:-1], replace(end, length_s=gap_s), *later])


def _heat_s(each: Quiet, end: Quiet, gap_s: int) -> int:
    if each.heat_s != NEVER or end.heat_s == NEVER:
        return each.heat_s
    return end.heat_s + gap_s + each.elapsed_s


def parted(past: Past, between: Quiet) -> tuple[Past, Past]:
    """Return the two runs of which one of the quiets was the end of the first."""
    place = past.quiets.index(between)
    after = [_since(between, each) for each in past.quiets[place + 1 :]]
    second_ms = past.start_ms + (between.elapsed_s + between.length_s) * 1000
    first = [*past.quiets[:place], replace(between, length_s=ENDED)]
    return Past(past.start_ms, first), Past(second_ms, after)


def _reloaded(between: Quiet, end: Quiet) -> bool:
    """Whether what came after a quiet is as long as what came before, and drew as much."""
    if between.length_s < RELOAD_S or between is end:
        return False
    second = _since(between, end)
    times = sorted((between.elapsed_s, second.elapsed_s))
    energies = sorted((between.energy_mwh, second.energy_mwh))
    return times[0] >= ALIKE[0] * times[1] and energies[0] >= ALIKE[1] * energies[1]


def _since(between: Quiet, quiet: Quiet) -> Quiet:
    """Return where a later quiet is in the second of two runs."""
    elapsed_s = quiet.elapsed_s - between.elapsed_s - between.length_s
    longest_s = quiet.longest_s if quiet.longest_s > between.length_s else 0
    energy_mwh = quiet.energy_mwh - between.energy_mwh
    heat_s = quiet.heat_s if quiet.heat_s <= elapsed_s else NEVER
    return Quiet(elapsed_s, energy_mwh, longest_s, quiet.length_s, heat_s, quiet.stroke_s)
