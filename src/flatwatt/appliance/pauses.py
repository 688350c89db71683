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


def learned(memory: Memory, start_ms: int, quiets: list[Quiet], end: Quiet) -> None:
    """Keep a finished run's quiets; a machine that was reloaded ran twice."""
    between = next((each for each in quiets if _reloaded(each, end)), None)
    if between is None:
        memory.append(Past(start_ms, [*quiets, end]))
    else:
        memory.extend(parted(Past(start_ms, [*quiets, end]), between))
    del memory[:-RUNS]


def parted(past: Past, between: Quiet) -> tuple[Past, Past]:
    """Return the two runs of which one of the quiets was the end of the first."""
    place = past.quiets.index(between)
    after = [_since(between, each) for each in past.quiets[place + 1 :]]
    second_ms = past.start_ms + (between.elapsed_s + between.length_s) * 1000
    first = [*past.quiets[:place], replace(between, length_s=ENDED)]
    return Past(past.start_ms, first), Past(second_ms, after)


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
    energy_mwh = quiet.energy_mwh - between.energy_mwh
    heat_s = quiet.heat_s if quiet.heat_s <= elapsed_s else NEVER
    return Quiet(elapsed_s, energy_mwh, longest_s, quiet.length_s, heat_s, quiet.stroke_s)
