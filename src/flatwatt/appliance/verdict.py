"""Will it go on? From when on a quiet is probably, and from when on certainly, the end.

The quiets of past runs that came at the same place are this quiet's neighbours: `e` of them
were ends, the others went on after so many seconds. A quiet that has lasted `q` seconds is none
of those that went on sooner, so

    P(end | it has lasted q) = e / (e + those that went on after more than q)

Neighbours count by how near they are: minutes since the run began and since it last heated,
energy, the longest quiet before it, and how long the last stroke of work was. What is known of
the kind (`priors`) is one more end and a few more pauses, so that a new appliance is not
believed at its first word. A pause is a neighbour from further away than an end, and before an
end is certain a margin must have passed beyond it: what is not known makes an announcement
late, hardly ever early.

Printers and dryers do not repeat, but a bed pulses and a drum turns at a steady pace: every
quiet of the recent runs is a neighbour of every other.
"""

from collections.abc import Iterator
from math import exp, log
from typing import NamedTuple, TypeAlias

from flatwatt.appliance.pauses import ENDED, NEVER, Memory, Quiet
from flatwatt.appliance.priors import known
from flatwatt.appliance.profiles import Profile

LIKELY = 0.75
CERTAIN = 0.95
UNHEARD = 0.01
"""Of what was never seen: a flatmate who pauses it, a fuse."""
LIKELY_S = 20.0
CERTAIN_S = 30.0
"""A drum rests for up to 20 s between two turns; a certain end is one look longer."""
MARGIN = 1.25
MARGIN_S = 15.0
SPREAD_S = 30.0
"""Two quiets are never told apart by less than this."""
WIDER = 1.5
"""How much further away a pause is still a neighbour."""
FAR = 9.0
"""Squared distance from which on nothing is a neighbour."""
Pauses: TypeAlias = list[tuple[float, float]]


class Verdict(NamedTuple):
    """From when on a quiet is an end.

    Attributes:
        likely_ms, likely: how long it must last to be probably one, and the probability then.
        certain_ms, certain: and certainly.
    """

    likely_ms: int
    likely: float
    certain_ms: int
    certain: float


def verdict(
    profile: Profile, memory: Memory, quiets: list[Quiet], now: Quiet, step_ms: float
) -> Verdict:
    """Weigh a quiet that has just begun.

    Args:
        profile: its kind.
        memory: past runs.
        quiets: of the run going on.
        now: the quiet, its length not known.
        step_ms: usual time between two readings.
    """
    step_s = step_ms / 1000
    ends, of_kind = _prior(profile, now, step_s)
    own: Pauses = []
    if profile.repeats:
        ends += _gathered(memory, now, max(SPREAD_S, 1.25 * step_s), own)
    else:
        ends += len(memory)
        own += [(float(each.length_s), 1.0) for each in _paced(memory, quiets)]
    surely = [(MARGIN * length_s + MARGIN_S, weight) for length_s, weight in own]
    at_once_s = LIKELY_S if step_s < LIKELY_S else 0.0
    likely = _first(LIKELY, ends, sorted(of_kind + own), at_once_s)
    certain = _first(CERTAIN, ends, sorted(of_kind + surely), max(CERTAIN_S, 0.9 * step_s))
    return Verdict(round(likely[0] * 1000), likely[1], round(certain[0] * 1000), certain[1])


def _prior(profile: Profile, now: Quiet, step_s: float) -> tuple[float, Pauses]:
    """Return the weight of the kind's ends and pauses together `doubt`.

    Asked once a minute, a drum that turns half of the time is missed two or three times
    running.
    """
    told = known(profile.kind, now)
    share = profile.doubt / (1.0 + sum(weight for _, weight in told))
    missed_s = 2 * step_s if step_s > LIKELY_S else 0.0
    return share, [(length_s + missed_s, weight * share) for length_s, weight in told]


def _gathered(memory: Memory, now: Quiet, least_s: float, pauses: Pauses) -> float:
    """Return the weight of the ends near a quiet; the pauses near it are added."""
    ends = 0.0
    for past in memory:
        for each in past.quiets:
            if each.length_s == ENDED:
                ends += nearness(now, each, least_s, 1.0)
            else:
                weight = nearness(now, each, least_s, WIDER)
                if weight:
                    pauses.append((float(each.length_s), weight))
    return ends


def nearness(one: Quiet, other: Quiet, least_s: float, wider: float) -> float:
    """Return how much a past quiet says of this one, 0 to 1."""
    if (one.heat_s == NEVER) != (other.heat_s == NEVER):
        return 0.0
    heated = one.heat_s != NEVER
    reach_s = max(least_s, (0.12 if heated else 0.06) * one.elapsed_s)
    far = ((one.elapsed_s - other.elapsed_s) / (reach_s * wider)) ** 2
    if far > FAR:
        return 0.0
    if heated:
        reach_s = max(least_s, 0.06 * one.heat_s)
        far += ((one.heat_s - other.heat_s) / (reach_s * wider)) ** 2
        if far > FAR:
            return 0.0
    reach_s = max(least_s, 0.4 * max(one.longest_s, other.longest_s))
    far += ((one.longest_s - other.longest_s) / (reach_s * wider)) ** 2
    reach_mwh = max(2000, 0.35 * one.energy_mwh)
    far += ((one.energy_mwh - other.energy_mwh) / (reach_mwh * wider)) ** 2
    far += (log((one.stroke_s + 60) / (other.stroke_s + 60)) / (0.9 * wider)) ** 2
    return exp(-far / 2) if far <= FAR else 0.0


def _paced(memory: Memory, quiets: list[Quiet]) -> Iterator[Quiet]:
    for past in memory:
        yield from (each for each in past.quiets if each.length_s != ENDED)
    yield from quiets


def _first(wanted: float, ends: float, pauses: Pauses, least_s: float) -> tuple[float, float]:
    """Return after how many seconds an end is as probable as wanted, and how probable then.

    Args:
        wanted: probability.
        ends: weight of the ends.
        pauses: (seconds, weight), the shortest first.
        least_s: not sooner.
    """
    going_on = sum(weight for _, weight in pauses) + UNHEARD * ends
    wait_s = least_s
    chance = ends / (ends + going_on)
    for length_s, weight in pauses:
        if length_s > least_s and chance >= wanted:
            break
        going_on -= weight
        chance = ends / (ends + max(going_on, UNHEARD * ends))
        wait_s = max(wait_s, length_s)
    return wait_s, chance
