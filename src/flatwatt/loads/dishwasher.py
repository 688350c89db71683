"""A dishwasher that dries by waiting: half an hour of nothing, then its pump once more."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Ripple
from flatwatt.loads.words import Plan, Stretch, watts

_PLAN = 0xD5

# Minutes of heating at 1.9 kW before washing and before the last rinse; of washing after.
_HEAT_MIN = {"eco50": ((7, 9), (8, 10)), "normal65": ((12, 15), (10, 13))}
_WASH_MIN = {"eco50": (55, 75), "normal65": (30, 45)}


class Dishwasher:
    """The model of a dishwasher.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_HEAT_MIN)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._heater_w = Dice(seed, _PLAN).between(1780, 2020)

    def plans(self, day: int) -> Iterable[Plan]:
        """About five a week, after supper."""
        dice = Dice(self._seed, _PLAN, day)
        if dice.chance(70):
            programme = "eco50" if dice.chance(65) else "normal65"
            yield Plan(dice.time_ms(18.5 * 3600, 22.5 * 3600), programme)

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Washing, rinsing, drying that ends with the pump."""
        first, second = _HEAT_MIN[programme]
        low_min, high_min = _WASH_MIN[programme]
        pump = (Level(watts(30)), Ripple(watts(3), 2000, dice.seed()))
        return [
            Stretch("washing", dice.time_ms(70, 110), (Level(watts(6)),)),
            Stretch("washing", dice.time_ms(240, 480), _spray(dice)),
            Stretch("heating", dice.time_ms(first[0] * 60, first[1] * 60), self._heat(dice)),
            Stretch("washing", dice.time_ms(low_min * 60, high_min * 60), _spray(dice)),
            Stretch("rinsing", dice.time_ms(40, 70), pump),
            Stretch("rinsing", dice.time_ms(70, 110), (Level(watts(6)),)),
            Stretch("rinsing", dice.time_ms(300, 500), _spray(dice)),
            Stretch("rinsing", dice.time_ms(second[0] * 60, second[1] * 60), self._heat(dice)),
            Stretch("rinsing", dice.time_ms(30, 60), pump),
            Stretch("drying", dice.time_ms(1200, 3000), (Level(watts(0.6)),)),
            Stretch("drying", dice.time_ms(30, 60), pump),
        ]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Half a watt for the water stop's electronics."""
        return (Level(watts(0.5)), Ripple(watts(0.1), 10_000, dice.seed()))

    def _heat(self, dice: Dice) -> tuple[Layer, ...]:
        return (Level(watts(self._heater_w)), *_spray(dice))


def _spray(dice: Dice) -> tuple[Layer, ...]:
    """The circulation pump, a little more or less by spray arm."""
    return (
        Level(watts(dice.between(48, 62))),
        Ripple(watts(4), 2000, dice.seed()),
        Ripple(watts(5), 60_000, dice.seed()),
    )
