"""A desk on one strip: computer, monitor, lamp; used evenings and at weekends."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Ripple
from flatwatt.loads.words import Plan, Stretch, watts, weekday

_PLAN = 0xDE
_HOURS = {"evening": (1.5, 4.5), "day": (2.0, 6.0)}

# Reading, browsing, video, a game: W of computer and monitor, and how much they waver.
_DOING = ((68, 4), (82, 8), (96, 9), (132, 14))


class Desk:
    """The model of a desk.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_HOURS)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._standby_w = Dice(seed, _PLAN).between(26, 34) / 10

    def plans(self, day: int) -> Iterable[Plan]:
        """Four evenings in five; at weekends a long stretch of the day as well."""
        dice = Dice(self._seed, _PLAN, day)
        if weekday(day) >= 5 and dice.chance(75):
            yield Plan(dice.time_ms(10 * 3600, 12.5 * 3600), "day")
        if dice.chance(80):
            yield Plan(dice.time_ms(18.6 * 3600, 20.5 * 3600), "evening")

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Start up, then one thing after the other."""
        low_h, high_h = _HOURS[programme]
        left_ms = dice.time_ms(low_h * 3600, high_h * 3600)
        boot = (Level(watts(110)), Ripple(watts(20), 2000, dice.seed()))
        stretches = [Stretch("on", dice.time_ms(25, 45), boot)]
        while left_ms > 0:
            length_ms = min(dice.time_ms(300, 2700), left_ms)
            stretches.append(Stretch("on", length_ms, _doing(dice)))
            left_ms -= length_ms
        return stretches

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Monitor and supplies waiting."""
        return (Level(watts(self._standby_w)), Ripple(watts(0.2), 10_000, dice.seed()))


def _doing(dice: Dice) -> tuple[Layer, ...]:
    power_w, waver_w = _DOING[dice.between(0, len(_DOING) - 1)]
    return (
        Level(watts(power_w + dice.between(-3, 3))),
        Ripple(watts(waver_w * 2 // 3), 2000, dice.seed()),
        Ripple(watts(waver_w // 3), 40_000, dice.seed()),
    )
