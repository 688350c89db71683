"""A kettle: two kilowatts for some minutes, and truly nothing between."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Ripple
from flatwatt.loads.words import Plan, Stretch, watts

_PLAN = 0x7E
_LITRES_S = {"cup": (120, 150), "pot": (180, 240)}  # 0.5 l and 1 l from 15 degrees at 2 kW
_TIMES_H = ((6.5, 8.5), (9.5, 11.0), (14.5, 16.5), (19.5, 22.0))


class Kettle:
    """The model of a kettle.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_LITRES_S)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._power_w = Dice(seed, _PLAN).between(1960, 2150)

    def plans(self, day: int) -> Iterable[Plan]:
        """Breakfast for sure, the rest as it comes."""
        for number, (low_h, high_h) in enumerate(_TIMES_H):
            dice = Dice(self._seed, _PLAN, day, number)
            if number == 0 or dice.chance(60):
                programme = "pot" if dice.chance(40) else "cup"
                yield Plan(dice.time_ms(low_h * 3600, high_h * 3600), programme)

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """One boil; mains voltage makes it waver a little."""
        low_s, high_s = _LITRES_S[programme]
        layers = (Level(watts(self._power_w)), Ripple(watts(9), 5000, dice.seed()))
        return [Stretch("boiling", dice.time_ms(low_s, high_s), layers)]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:  # noqa: ARG002 - nothing left to chance
        """No light, no clock, no power."""
        return (Level(0),)
